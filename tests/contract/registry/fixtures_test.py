"""The test bed itself, held against curl and skopeo before anything else is held against it."""

import json
import subprocess
import unittest

import counting_proxy
import images
import servers
import storage
from counting_proxy import CountingProxy
from front import Front
from images import Api, Image, Index
from registry import PASSWORD, USER, Registry
from token_server import TokenServer


def run(*words):
    done = subprocess.run(words, capture_output=True, text=True, timeout=240)
    return done.returncode, done.stdout, done.stderr


def curl(*words):
    servers.need("curl")
    return run("curl", "-sS", "--noproxy", "*", *words)


def skopeo(*words):
    servers.need("skopeo")
    return run("skopeo", *words)


class RegistryTestCase(unittest.TestCase):
    def push_one(self, address, *credential):
        with Api(address, *credential) as api:
            return api.push("shop/app", "v1", Image("one", {images.REVISION: "abc"}))

    def digest_by_skopeo(self, address, *words):
        code, out, err = skopeo("inspect", *words, "--format={{.Digest}}", f"docker://{address}/shop/app:v1")
        return out.strip() if code == 0 else err

    def test_what_is_pushed_is_what_skopeo_finds(self):
        registry = Registry(self)
        image = self.push_one(registry.address)
        self.assertEqual(self.digest_by_skopeo(registry.address, "--tls-verify=false"), image.digest)
        with Api(registry.address) as api:
            self.assertEqual(api.digest("shop/app", "v1"), image.digest)
            self.assertIsNone(api.digest("shop/app", "v2"))
            index = api.push("shop/app", "all", Index([Image("one"), Image("two", platform="linux/arm64/v8")]))
            docker = api.push("shop/old", "v1", Image("old", media_type=images.DOCKER_MANIFEST))
        for name, document in (("shop/app:all", index), ("shop/old:v1", docker)):
            _, out, err = skopeo("inspect", "--raw", "--tls-verify=false", f"docker://{registry.address}/{name}")
            self.assertEqual(images.digest_of(out.encode()), document.digest, err)

    def test_passwords_are_asked_for(self):
        registry = Registry(self, "htpasswd")
        image = self.push_one(registry.address, USER, PASSWORD)
        found = self.digest_by_skopeo(registry.address, "--tls-verify=false", "--creds", f"{USER}:{PASSWORD}")
        self.assertEqual(found, image.digest)
        self.assertIn("authentication required", self.digest_by_skopeo(registry.address, "--tls-verify=false"))

    def test_tokens_are_asked_for_and_taken(self):
        tokens = TokenServer(self)
        registry = Registry(self, tokens)
        folder = servers.temporary_folder(self)
        layout = f"{folder}/image"
        open_one = Registry(self)
        image = self.push_one(open_one.address)
        skopeo("copy", "--preserve-digests", "--src-tls-verify=false", f"docker://{open_one.address}/shop/app:v1",
               f"dir:{layout}")
        credential = f"{USER}:{PASSWORD}"
        code, _, err = skopeo("copy", "--preserve-digests", "--dest-tls-verify=false", "--dest-creds", credential,
                              f"dir:{layout}", f"docker://{registry.address}/shop/app:v1")
        self.assertEqual(code, 0, err)
        found = self.digest_by_skopeo(registry.address, "--tls-verify=false", "--creds", credential)
        self.assertEqual(found, image.digest)
        self.assertIn(["repository:shop/app:pull"], tokens.scopes())
        for change in ("access_token", "token"):
            tokens.field, tokens.says_lifetime = change, False
            found = self.digest_by_skopeo(registry.address, "--tls-verify=false", "--creds", credential)
            self.assertEqual(found, image.digest)
        self.assertIn("unauthorized", self.digest_by_skopeo(registry.address, "--tls-verify=false", "--creds", "a:b"))
        self.assertIn("authentication required", self.digest_by_skopeo(registry.address, "--tls-verify=false"))
        tokens.anonymous = ("pull",)
        self.assertEqual(self.digest_by_skopeo(registry.address, "--tls-verify=false"), image.digest)

    def test_one_token_is_good_for_many_repositories_or_for_the_first(self):
        tokens = TokenServer(self)
        registry = Registry(self, tokens)
        manifest = f"http://{registry.address}/v2/shop/{{}}/manifests/v1"
        _, out, _ = curl("-I", manifest.format("a"))
        self.assertIn('Bearer realm="' + tokens.realm + '",service="registry, of the tests",scope="repository:shop/a:'
                      'pull"', out)
        for first, statuses in ((False, ["404", "404"]), (True, ["404", "401"])):
            tokens.first_scope_only = first
            scopes = [word for name in "ab" for word in ("--data-urlencode", f"scope=repository:shop/{name}:pull")]
            _, out, _ = curl("-G", "-u", f"{USER}:{PASSWORD}", "--data-urlencode", f"service={tokens.service}",
                             *scopes, tokens.realm)
            bearer = f"Authorization: Bearer {json.loads(out)['token']}"
            found = [curl("-o", "/dev/null", "-I", "-w", "%{http_code}", "-H", bearer, manifest.format(name))[1]
                     for name in "ab"]
            self.assertEqual(found, statuses)

    def test_identity_tokens_are_taken_by_post(self):
        tokens = TokenServer(self)
        form = ["-d", "grant_type=refresh_token", "--data-urlencode", f"service={tokens.service}",
                "-d", "refresh_token=identity-token-of-robot", "-d", "scope=repository:a:pull repository:b:push"]
        code, out, _ = curl(*form, tokens.realm)
        self.assertIn("token", json.loads(out))
        self.assertEqual(tokens.scopes(), [["repository:a:pull", "repository:b:push"]])
        tokens.takes_post = False
        self.assertEqual(curl(*form, tokens.realm)[1], "404 page not found\n")

    def test_ten_thousand_tags_are_written_quickly_and_all_listed(self):
        registry = Registry(self)
        image = self.push_one(registry.address)
        tags = [f"build-{number:05}" for number in range(10_000)]
        storage.add_tags(registry, "shop/app", tags, image.digest)
        _, out, err = skopeo("list-tags", "--tls-verify=false", f"docker://{registry.address}/shop/app")
        self.assertEqual(sorted(json.loads(out)["Tags"]), tags + ["v1"], err)
        with Api(registry.address) as api:
            self.assertEqual(api.digest("shop/app", tags[4711]), image.digest)

    def test_a_registry_in_maintenance_takes_nothing_until_it_is_over(self):
        registry = Registry(self)
        image, address = self.push_one(registry.address), registry.address
        registry.restart(read_only=True)
        self.assertEqual(registry.address, address)
        with Api(address) as api:
            status, headers, body = api.ask("PUT", "/v2/shop/app/manifests/v2", image.body,
                                            Content_Type=image.media_type)
            self.assertEqual((status, headers["Content-Type"]), (405, "text/plain; charset=utf-8"))
            self.assertEqual(api.digest("shop/app", "v1"), image.digest)
        registry.restart()
        with Api(address) as api:
            api.tag("shop/app", "v2", image)


class FrontTestCase(unittest.TestCase):
    def test_requests_over_one_http2_connection_are_counted(self):
        registry = Registry(self)
        with Api(registry.address) as api:
            image = api.push("app", "v1", Image("one"))
        front = Front(self, registry.address)
        url = f"https://{front.address}/v2/app/manifests/v1"
        code, out, err = curl("--http2", "--cacert", front.ca_file, "-I", "-H", f"Accept: {images.ACCEPT}", url, url)
        self.assertEqual((code, out.count(image.digest)), (0, 4), err + out)  # as digest and as ETag
        self.assertIn("certificate", curl("--cacert", front.other_ca_file, "-I", url)[2])
        requests = front.requests()
        self.assertEqual([(one["method"], one["path"], one["status"], one["protocol"]) for one in requests],
                         [("HEAD", "/v2/app/manifests/v1", 200, "HTTP/2.0")] * 2)
        self.assertEqual(len({one["connection"] for one in requests}), 1)

    def test_an_image_goes_in_and_out_through_it(self):
        registry = Registry(self)
        front = Front(self, registry.address, http2=False)
        with Api(registry.address) as api:
            image = api.push("app", "v1", Image("one"))
        # The folder of certificates has the server's key too: as `cert-dir` takes only what ends in .crt.
        folder = servers.temporary_folder(self)
        with open(front.ca_file, "rb") as ca, open(f"{folder}/ca.crt", "wb") as copy:
            copy.write(ca.read())
        code, _, err = skopeo("copy", "--preserve-digests", "--src-cert-dir", folder, "--dest-cert-dir", folder,
                              f"docker://{front.address}/app:v1", f"docker://{front.address}/copy:v1")
        self.assertEqual(code, 0, err)
        with Api(registry.address) as api:
            self.assertEqual(api.digest("copy", "v1"), image.digest)


class CountingProxyTestCase(unittest.TestCase):
    def setUp(self):
        self.registry = Registry(self)
        self.proxy = CountingProxy(self, self.registry.address)
        self.url = f"http://{self.proxy.address}/v2/app/manifests/v1"

    def test_everything_passes_and_is_remembered(self):
        with Api(self.proxy.address) as api:
            image = api.push("app", "v1", Image("one"))
            self.assertEqual(api.digest("app", "v1"), image.digest)
            self.assertEqual(api.ask("GET", "/v2/app/manifests/v1", Accept=images.ACCEPT)[2], image.body)
        self.assertEqual(self.proxy.manifests(), [(method, "app", "v1") for method in ("PUT", "HEAD", "GET")])
        self.assertEqual([seen.status for seen in self.proxy.requests[-3:]], [201, 200, 200])
        self.assertEqual(self.proxy.connections, 1)
        self.assertEqual(self.proxy.requests[-1].headers["accept"], images.ACCEPT)

    def test_a_long_answer_in_chunks_passes_whole(self):
        with Api(self.proxy.address) as api:
            image = api.push("app", "v1", Image("one"))
            storage.add_tags(self.registry, "app", map(str, range(3000)), image.digest)
            self.assertEqual(len(api.tags("app")), 3001)

    def test_answers_are_replaced(self):
        answers = [counting_proxy.plain(429, Retry_After="7"), counting_proxy.CUT, None]
        self.proxy.replace = lambda seen: answers.pop(0)
        self.assertIn("Retry-After: 7", curl("-I", self.url)[1])
        self.assertEqual(curl("-I", self.url)[0], 52)  # empty reply
        self.assertIn("404 Not Found", curl("-I", self.url)[1])

    def test_the_test_is_told_of_each_answer(self):
        told = []
        self.proxy.answered = told.append
        curl("-I", self.url, self.url)
        self.assertEqual([seen.manifest() for seen in told], [("HEAD", "app", "v1")] * 2)


if __name__ == "__main__":
    unittest.main()
