"""How registry-tag-watch proves who it is: passwords, tokens, the files and helpers of docker."""

import base64
import json
import unittest

from counting_proxy import CountingProxy
from images import Api, Image
from registry import PASSWORD, USER, Registry
from token_server import TokenServer
from watch_case import EPOCH, NAMES, SHA, VERIFIED, WatchCase

CREDENTIAL = {"PLUGIN_USERNAME": USER, "PLUGIN_PASSWORD": PASSWORD}
BASIC = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()


class AuthCase(WatchCase):
    """Images are pushed through an open registry over the same folder."""

    def begin(self, auth, names=NAMES):
        self.auth = auth
        registry = Registry(self, auth)
        open_one = Registry(self, folder=None)
        open_one.stop()
        open_one.storage = registry.storage
        open_one.start()
        self.open = open_one
        self.build = self.push(open_one.address, self.images(names=names))
        self.proxy = CountingProxy(self, registry.address)
        self.names = names

    def ask(self, code, *words, sees=(), env=None, verb="check"):
        answer = self.expect(code, verb, *self.asked_for(self.proxy.address, self.names), *words, sees=sees, env=env)
        self.assert_no_secret(answer, PASSWORD, BASIC)
        return answer

    def statuses(self):
        return [seen.status for seen in self.proxy.requests]


class PasswordTestCase(AuthCase):
    def setUp(self):
        super().setUp()
        self.begin("htpasswd", NAMES[:4])

    def test_a_password_costs_one_request_more_in_all(self):
        self.ask(0, env=CREDENTIAL)
        self.assertLessEqual(len(self.proxy.requests), 4 + 1)
        self.assertEqual(self.statuses().count(200), 4)

    def test_a_wrong_one_is_told_by_user_and_registry_and_never_shown(self):
        answer = self.ask(3, env={"PLUGIN_USERNAME": USER, "PLUGIN_PASSWORD": "wrong-secret"},
                          sees=[USER, self.proxy.address])
        self.assert_no_secret(answer, "wrong-secret")
        self.assertLessEqual(len(self.proxy.requests), 2 + 4)

    def test_without_one_it_is_said_that_there_was_none(self):
        self.ask(3, sees=["anonymous"])

    def test_what_can_be_marked_is_marked(self):
        self.lock(self.proxy.address, self.build)
        self.expect(0, "mark", "--plain-http", "--anchor", NAMES[0], "--epoch", EPOCH, env=CREDENTIAL)
        with Api(self.open.address) as api:
            self.assertEqual([api.digest(name, VERIFIED) for name in self.names],
                             [image.digest for image in self.build.values()])


class DockerConfigTestCase(AuthCase):
    def setUp(self):
        super().setUp()
        self.begin("htpasswd", NAMES[:1])
        self.host = self.proxy.address

    def test_every_form_of_the_file_is_read(self):
        forms = ({"auths": {self.host: {"auth": BASIC}}},
                 {"auths": {self.host: {"username": USER, "password": PASSWORD}}},
                 {"auths": {f"https://{self.host}": {"auth": BASIC}}},
                 {"auths": {f"https://{self.host}/v1/": {"auth": BASIC}}},
                 {"auths": {f"{self.host}/stonks-oracle": {"auth": BASIC},
                            self.host: {"username": "nobody", "password": "wrong"}}})
        for number, form in enumerate(forms):
            with self.subTest(form=form):
                self.ask(0, "--docker-config", self.write(f"{number}.json", form))
                self.ask(0, env={"PLUGIN_DOCKER_AUTH_CONFIG": json.dumps(form)})

    def test_it_is_found_where_docker_and_podman_keep_it(self):
        content = {"auths": {self.host: {"auth": BASIC}}}
        for variable, path, value in (("DOCKER_CONFIG", "a/config.json", "a"), ("HOME", "b/.docker/config.json", "b"),
                                      ("REGISTRY_AUTH_FILE", "c.json", "c.json"),
                                      ("XDG_RUNTIME_DIR", "d/containers/auth.json", "d")):
            with self.subTest(variable=variable):
                self.write(path, content)
                self.ask(0, env={"HOME": "/nonexistent"} | {variable: str(self.folder / value)})

    def test_a_helper_that_cannot_be_run_is_said_and_not_passed_over(self):
        content = {"auths": {self.host: {}}, "credHelpers": {self.host: "no-such-helper"}}
        answer = self.run_program("check", *self.asked_for(self.host, self.names), "--docker-config",
                                  self.write("config.json", content))
        self.assertIn(answer.code, (2, 3), answer.text)
        self.assertIn("no-such-helper", answer.text)
        self.assertEqual(self.proxy.requests, [])

    def test_a_file_that_is_none_is_said(self):
        answer = self.run_program("check", *self.asked_for(self.host, self.names), "--docker-config",
                                  self.write("config.json", "{"))
        self.assertIn(answer.code, (2, 3), answer.text)
        self.assertIn("config.json", answer.text)


class TokenTestCase(AuthCase):
    def setUp(self):
        super().setUp()
        self.tokens = TokenServer(self)
        self.begin(self.tokens)

    def test_one_token_is_enough_for_all_images(self):
        self.ask(0, env=CREDENTIAL)
        self.assertEqual(self.statuses().count(401), 1)
        self.assertEqual(len(self.proxy.requests), len(NAMES) + 1)
        self.assertEqual(len(self.tokens.requests), 1)
        self.assertEqual(sorted(self.tokens.scopes()[0]), sorted(f"repository:{name}:pull" for name in NAMES))

    def test_and_one_for_marking_all(self):
        self.lock(self.proxy.address, self.build)
        self.expect(0, "mark", "--plain-http", "--anchor", NAMES[1], "--epoch", EPOCH, env=CREDENTIAL)
        self.assertEqual(len(self.tokens.requests), 1)
        self.assertEqual(len(self.proxy.requests), 4 * len(NAMES) + 1)
        for scope in self.tokens.scopes()[0]:
            self.assertTrue(scope.endswith(":pull,push"), scope)

    def test_where_only_the_first_scope_counts_each_image_gets_its_own(self):
        self.tokens.first_scope_only = True
        self.ask(0, env=CREDENTIAL)
        self.assertLessEqual(len(self.tokens.requests), len(NAMES) + 1)
        self.assertEqual(self.statuses().count(200), len(NAMES))

    def test_tokens_of_other_servers_forms_are_taken(self):
        self.tokens.field, self.tokens.says_lifetime = "access_token", False
        self.ask(0, env=CREDENTIAL)
        self.assertEqual(len(self.tokens.requests), 1)

    def test_a_token_that_ends_is_renewed(self):
        """The registry allows a minute of leeway; the answer's lifetime is what the client goes by."""
        late = NAMES[-1]
        self.tokens.planned.append((200, {}, self.tokens.answer("robot", []) | {"token": "not.a.token"}))
        answer = self.run_program("check", *self.asked_for(self.proxy.address, self.names), env=CREDENTIAL)
        self.assertIn(answer.code, (0, 3), answer.text + late)
        self.assertLessEqual(len(self.tokens.requests), 2 + len(NAMES))

    def test_everybody_may_look_where_the_token_server_says_so(self):
        self.tokens.anonymous = ("pull",)
        self.ask(0)
        self.assertEqual({request[1] for request in self.tokens.requests}, {None})

    def test_a_wrong_password_is_told_by_user_and_realm(self):
        answer = self.ask(3, env={"PLUGIN_USERNAME": USER, "PLUGIN_PASSWORD": "wrong-secret"},
                          sees=[USER, self.tokens.realm])
        self.assert_no_secret(answer, "wrong-secret")
        self.assertLessEqual(len(self.tokens.requests), 2)

    def test_what_may_be_read_and_not_written_is_told_with_the_scope_that_is_missing(self):
        self.tokens.allowed = lambda user, name: {"pull"}
        self.lock(self.proxy.address, self.build)
        answer = self.expect(3, "mark", "--plain-http", "--anchor", NAMES[1], "--epoch", EPOCH, env=CREDENTIAL)
        self.assertRegex(answer.text, "repository:stonks-oracle/[a-z-]+:.*push")
        self.assertLessEqual(len(self.tokens.requests), 1 + 2)

    def test_an_image_that_is_not_ours_to_see_is_named(self):
        self.tokens.allowed = lambda user, name: set() if name == NAMES[2] else {"pull"}
        self.ask(3, env=CREDENTIAL, sees=[NAMES[2]])

    def test_an_identity_token_of_the_docker_file_is_exchanged_by_post(self):
        content = {"auths": {self.proxy.address: {"auth": base64.b64encode(b"robot:").decode(),
                                                  "identitytoken": "identity-token-of-robot"}}}
        answer = self.ask(0, "--docker-config", self.write("config.json", content))
        self.assert_no_secret(answer, "identity-token-of-robot")
        self.assertEqual([(request[0], request[3]["grant_type"]) for request in self.tokens.requests],
                         [("POST", "refresh_token")])

    def test_a_token_that_was_given_is_used_as_it_is(self):
        token = self.tokens.token("robot", [f"repository:{name}:pull" for name in NAMES])
        answer = self.ask(0, env={"PLUGIN_TOKEN": token})
        self.assert_no_secret(answer, token)
        self.assertEqual(self.tokens.requests, [])

    def test_the_realm_can_be_given_where_the_registrys_own_is_out_of_reach(self):
        realm, self.tokens.realm = self.tokens.realm, "http://127.0.0.1:1/token"
        self.begin(self.tokens, NAMES[:2])
        self.ask(3, env=CREDENTIAL, sees=["http://127.0.0.1:1/token", "token_realm"])
        self.ask(0, "--token-realm", realm, env=CREDENTIAL)

    def test_a_token_server_that_is_busy_is_asked_again(self):
        self.tokens.planned += [(503, {}, b""), (429, {"Retry-After": "1"}, b"")]
        self.ask(0, "--interval", "50ms", env=CREDENTIAL, verb="wait")
        self.assertEqual(len(self.tokens.requests), 3)

    def test_a_token_server_without_a_token_is_no_answer(self):
        for status, headers, body in ((200, {"Content-Type": "text/html"}, b"<html>"), (200, {}, b"{}"),
                                      (200, {}, b'{"token":"two\\r\\nlines"}'), (302, {"Location": "/login"}, b"")):
            with self.subTest(body=body):
                self.tokens.planned += [(status, headers, body)] * 5
                self.ask(3, env=CREDENTIAL, sees=["token"])
                self.tokens.planned.clear()


class ElsewhereTestCase(AuthCase):
    def test_images_of_two_registries_get_each_its_own_credential(self):
        self.begin("htpasswd", NAMES[:1])
        other = Registry(self)
        proxy = CountingProxy(self, other.address)
        self.push(other.address, {"app": Image("app")})
        config = {"auths": {self.proxy.address: {"auth": BASIC}}}
        self.expect(0, "check", "--plain-http", "--repositories", f"{self.proxy.address}/{NAMES[0]},{proxy.address}/app",
                    "--tag", SHA, "--docker-config", self.write("config.json", config))
        self.assertEqual([seen.headers.get("authorization") for seen in proxy.requests], [None])


if __name__ == "__main__":
    unittest.main()
