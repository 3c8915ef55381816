#include "common/oci/registry.hpp"

#include <algorithm>
#include <optional>

#include "common/http/url.hpp"
#include "common/log/log.hpp"
#include "common/text/json.hpp"
#include "common/text/percent.hpp"
#include "common/text/text.hpp"

namespace stagegate::oci {

using text::cat;

namespace {

constexpr std::size_t kSlowest = 128;  // bytes in a millisecond: a slower upload is given up
constexpr std::size_t kLongestList = 64u << 20;  // of all pages of a list together
constexpr std::size_t kLargestManifest = 10u << 20;
constexpr std::size_t kMostPages = 100'000;

std::string manifest_path(const Target& target) {
  return cat("/v2/", target.name, "/manifests/", target.reference);
}

std::string list_path(const std::string& name) {
  return cat("/v2/", name, "/tags/list");
}

// Without all four in one header distribution answers 404 to an image that is there.
http::Headers accept_manifests() {
  return {
      {"Accept", cat(kImageIndex, ", ", kImageManifest, ", ", kDockerList, ", ", kDockerManifest)}};
}

std::string media_type_of(const http::Headers& headers) {
  const std::string_view field = headers.text("Content-Type");
  return text::lower(text::trim(field.substr(0, field.find(';'))));
}

bool is_manifest(std::string_view media_type) {
  return media_type == kImageIndex || media_type == kImageManifest || media_type == kDockerList ||
         media_type == kDockerManifest;
}

Question manifest_question(http::Method method, const Target& target) {
  Question question{method, manifest_path(target), {target.name}};
  question.headers = accept_manifests();
  question.most_body = kLargestManifest;
  return question;
}

std::vector<Question> manifest_questions(http::Method method, std::span<const Target> targets) {
  std::vector<Question> questions;
  questions.reserve(targets.size());
  for (const Target& target : targets) questions.push_back(manifest_question(method, target));
  return questions;
}

Refusal no_manifest(int status, const std::string& url, const std::string& media_type) {
  Refusal refusal =
      strange(status, cat(http::shown_url(url), " is no image: the registry answered ", status,
                          " with the content type ", text::quoted(media_type),
                          " (a proxy's page, or a kind of manifest that is not taken)"));
  // A page is what a proxy answers; an unknown kind of manifest, the registry.
  if (media_type.starts_with("application/vnd.")) refusal.kind = Refusal::Kind::no_image;
  return refusal;
}

}  // namespace

void Registry::look(std::span<const Target> targets, const Looked& looked) {
  const auto questions = manifest_questions(http::Method::head, targets);
  std::vector<std::size_t> without_digest;
  session_.all(questions, [&](std::size_t index, Answer<http::Response> response) {
    if (!response) return looked(index, forward(response.error()));
    const std::string media_type = media_type_of(response->headers);
    if (!is_manifest(media_type)) {
      return looked(index,
                    forward(no_manifest(response->status, url(questions[index].path), media_type)));
    }
    auto digest = parse_digest(response->headers.text("Docker-Content-Digest"));
    if (!digest) return without_digest.push_back(index);
    const auto size = text::parse_count(response->headers.text("Content-Length"));
    looked(index, Descriptor{media_type, *std::move(digest), size.value_or(0)});
  });
  for (const std::size_t index : without_digest) {
    auto manifest = read(targets[index]);
    if (manifest) {
      looked(index, std::move(manifest->descriptor));
    } else {
      looked(index, forward(manifest.error()));
    }
  }
}

Answer<Descriptor> Registry::look(const Target& target) {
  Answer<Descriptor> answer = forward(strange(0, "no answer"));
  look({&target, 1},
       [&](std::size_t, Answer<Descriptor> descriptor) { answer = std::move(descriptor); });
  return answer;
}

Answer<Manifest> Registry::manifest_of(const Target& target, http::Response response) const {
  const std::string asked = url(manifest_path(target));
  Manifest manifest;
  manifest.descriptor.media_type = media_type_of(response.headers);
  if (!is_manifest(manifest.descriptor.media_type)) {
    return forward(no_manifest(response.status, asked, manifest.descriptor.media_type));
  }
  manifest.bytes = std::move(response.body);
  manifest.descriptor.digest = digest_of(manifest.bytes);
  manifest.descriptor.size = manifest.bytes.size();
  const bool by_digest = target.reference.find(':') != std::string::npos;
  if (by_digest && manifest.descriptor.digest.text != target.reference) {
    Refusal refusal = strange(
        response.status,
        cat(http::shown_url(asked), ": what came has the digest ", manifest.descriptor.digest.text,
            ": the registry, or something between it and here, changes images"));
    refusal.failure.kind = Failure::Kind::conflict;
    return forward(std::move(refusal));
  }
  return manifest;
}

void Registry::read(std::span<const Target> targets, const Read& read) {
  const auto questions = manifest_questions(http::Method::get, targets);
  session_.all(questions, [&](std::size_t index, Answer<http::Response> response) {
    if (!response) return read(index, forward(response.error()));
    read(index, manifest_of(targets[index], *std::move(response)));
  });
}

Answer<Manifest> Registry::read(const Target& target) {
  Answer<Manifest> answer = forward(strange(0, "no answer"));
  read({&target, 1}, [&](std::size_t, Answer<Manifest> manifest) { answer = std::move(manifest); });
  return answer;
}

Answer<> Registry::put(const Target& target, const std::string& media_type,
                       const std::string& bytes) {
  Question question{http::Method::put, manifest_path(target), {target.name, true}};
  question.headers.set("Content-Type", media_type);
  question.body = bytes;
  const auto response = session_.send(question);
  if (!response) return forward(response.error());
  const auto stored = response->headers.find("Docker-Content-Digest");
  if (stored != nullptr && *stored != digest_of(bytes).text) {
    return forward(
        strange(response->status,
                cat(http::shown_url(url(question.path)), ": the registry says that it has stored ",
                    text::quoted(*stored), " and not what it was given, ", digest_of(bytes).text)));
  }
  return {};
}

// One page; the result is the query of the next one. `left` is what the whole list may still have.
Answer<std::optional<std::string>> Registry::list_page(const std::string& name,
                                                       const std::string& query,
                                                       const TagSink& each, std::size_t& left) {
  Question question{http::Method::get, list_path(name), {name}};
  if (!query.empty()) question.path += cat('?', query);
  const std::string asked = url(question.path);
  TagListReader reader(each);
  std::string beginning;  // of the answer, to be shown when it is no list
  question.on_bytes = [&](std::string_view bytes) -> Result<http::Flow> {
    if (bytes.size() > left) {
      return unknown(cat("the list of tags is longer than ", kLongestList >> 20, " MiB"));
    }
    left -= bytes.size();
    if (beginning.size() < 200) beginning += bytes.substr(0, 200 - beginning.size());
    if (auto fed = reader.feed(bytes); !fed) return forward(fed.error());
    return http::Flow::go_on;
  };
  const auto no_list = [&](const Failure& failure) {
    return forward(strange(
        200, cat(http::shown_url(asked), " is no list of tags: ", failure.message,
                 beginning.empty() ? "" : cat("; it begins with ", text::quoted(beginning, 200)))));
  };
  const auto response = session_.send(question);
  if (!response) {
    const Refusal& refusal = response.error();
    const bool ours = refusal.status == 0 && !refusal.passing && !beginning.empty() &&
                      refusal.failure.kind == Failure::Kind::usage;
    return ours ? no_list(refusal.failure) : forward(refusal);
  }
  if (auto whole = reader.finish(); !whole) return no_list(whole.error());
  const auto links = response->headers.all("Link");
  auto next = next_page(links, asked, list_path(name));
  if (!next) return no_list(next.error());
  return *std::move(next);
}

// The first question comes without a size: each page costs the registry the reading of its whole
// directory, so that a thousand tags at a time can take minutes where all at once takes a tenth of
// a second.
Answer<> Registry::list_tags(const std::string& name, const TagSink& each) {
  std::size_t left = kLongestList;
  SeenTags seen;
  const TagSink note = [&](std::string_view tag) {
    seen.add(tag);
    each(tag);
  };
  std::string query;
  std::optional<std::string> as_given;  // the Link, where a larger page is asked for instead
  for (std::size_t page = 0; page < kMostPages; ++page) {
    auto next = list_page(name, query, note, left);
    if (!next && as_given && (next.error().status == 400 || next.error().status == 413)) {
      next = list_page(name, *as_given, note, left);  // such large pages are not for everybody
    }
    if (!next) return forward(next.error());
    // Gitea links to a next page from the last one, too.
    const bool brought_something = seen.end_page();
    if (!*next || !brought_something) return {};
    as_given = **next;
    query = with_larger_pages(*as_given).value_or(*as_given);
  }
  return forward(strange(200, cat("the list of tags of ", name, " does not end")));
}

Answer<bool> Registry::has_repository(const std::string& name) {
  const auto listed = session_.send(
      {http::Method::get, list_path(name) + "?n=1", {name}, {}, {}, [](std::string_view) {
         return http::Flow::enough;
       }});
  if (listed) return true;
  if (listed.error().kind == Refusal::Kind::absent) return false;
  return forward(listed.error());
}

Answer<std::vector<std::string>> Registry::repositories() {
  const auto listed = session_.send({http::Method::get, "/v2/_catalog?n=1000", {}});
  if (!listed) return forward(listed.error());
  std::vector<std::string> names;
  const auto json = text::parse_json(listed->body);
  const auto* list = json ? json->find("repositories") : nullptr;
  if (list == nullptr || list->array() == nullptr) return names;
  for (const auto& name : *list->array()) {
    if (name.string() != nullptr) names.push_back(*name.string());
  }
  return names;
}

Answer<std::string> Registry::read_blob(const std::string& name, const Digest& digest,
                                        std::size_t most) {
  Question question{http::Method::get, cat("/v2/", name, "/blobs/", digest.text), {name}};
  question.most_body = most;
  auto response = session_.send(question);
  if (!response) return forward(response.error());
  if (digest_of(response->body) != digest) {
    return forward(strange(response->status, cat(http::shown_url(url(question.path)),
                                                 ": what came has another digest: the registry, or "
                                                 "something between it and here, changes it")));
  }
  return std::move(response->body);
}

Answer<Digest> Registry::push_blob(const std::string& name, const std::string& bytes) {
  const Digest digest = digest_of(bytes);
  const auto there =
      session_.send({http::Method::head, cat("/v2/", name, "/blobs/", digest.text), {name, true}});
  if (!there) {
    if (there.error().kind != Refusal::Kind::absent) return forward(there.error());
    if (auto stored = upload(name, bytes, digest); !stored) {
      return forward(stored.error());
    }
  }
  return digest;
}

// A POST says where to, a PUT brings the bytes. (The single POST with the digest is answered 202 by
// distribution, so it would save nothing.)
Answer<> Registry::upload(const std::string& name, const std::string& bytes, const Digest& digest) {
  const std::string uploads = cat("/v2/", name, "/blobs/uploads/");
  const auto begun = session_.send({http::Method::post, uploads, {name, true}});
  if (!begun) return forward(begun.error());
  const auto base = http::parse_url(url(uploads));
  const auto place = http::resolve(*base, begun->headers.text("Location"));
  // Only the path counts, as for a Link: the bytes go nowhere but to this registry.
  if (begun->headers.find("Location") == nullptr || !place || place->host != base->host) {
    return forward(
        strange(begun->status, cat("POST ", http::shown_url(url(uploads)),
                                   ": the registry does not say where to upload to, or names "
                                   "another host: ",
                                   text::quoted(begun->headers.text("Location")))));
  }
  const std::string query = cat("digest=", text::percent_encode(digest.text));
  Question question{
      http::Method::put,
      cat(place->path, '?', place->query.empty() ? "" : cat(place->query, '&'), query),
      {name, true}};
  question.headers.set("Content-Type", "application/octet-stream");
  question.body = bytes;
  question.longer = std::chrono::milliseconds(bytes.size() / kSlowest);
  const auto stored = session_.send(question);
  if (!stored) return forward(stored.error());
  return {};
}

Answer<std::optional<std::string>> Registry::referrers(const std::string& name,
                                                       const Digest& subject) {
  Question question{http::Method::get, cat("/v2/", name, "/referrers/", subject.text), {name}};
  question.headers.set("Accept", std::string(kImageIndex));
  auto response = session_.send(question);
  if (response && media_type_of(response->headers) == kImageIndex) {
    return std::optional(std::move(response->body));
  }
  // Whatever else comes back (404 in plain text, a page with 200) means that there is no such API.
  if (response || response.error().kind == Refusal::Kind::absent ||
      response.error().kind == Refusal::Kind::strange) {
    return std::nullopt;
  }
  return forward(response.error());
}

}  // namespace stagegate::oci
