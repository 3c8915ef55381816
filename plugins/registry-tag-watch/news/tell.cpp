#include "plugins/registry-tag-watch/news/tell.hpp"

#include "common/http/url.hpp"
#include "common/log/log.hpp"
#include "common/step/standard_output.hpp"
#include "common/text/text.hpp"

namespace stagegate::tag_watch {

using text::cat;

namespace {

constexpr std::chrono::milliseconds kForWebhook{60'000};  // with all attempts
constexpr std::chrono::milliseconds kForKargo{60'000};    // likewise

Result<> tell_one(const NewTag& tag, std::span<const Tell> tells) {
  for (const Tell& tell : tells) {
    if (auto told = tell(tag); !told) {
      const auto kind = told.error().kind == Failure::Kind::refused ? Failure::Kind::refused
                                                                    : Failure::Kind::unknown;
      return fail(kind, cat(tag.lock.tag, ": ", told.error().message));
    }
  }
  return {};
}

// What is wrong is in what was sent: the next tag may be taken.
bool refuses_one(int status) {
  return status == 400 || status == 409 || status == 413 || status == 422;
}

}  // namespace

text::Json new_tag_json(const NewTag& tag) {
  text::Json json = imageset::lock_json(tag.lock);
  json.set("first_seen", time::rfc3339(tag.first_seen));
  return json;
}

Result<Tell> webhook(const settings::Secret& url, std::chrono::milliseconds timeout,
                     http::Client& client, const time::Clock& clock) {
  // Messages show the address without its query: that form is a secret, too.
  log::mask(http::shown_url(url.reveal()));
  const auto address = http::parse_url(url.reveal());
  if (!address) return usage(cat("webhook_url: ", address.error().message));
  log::mask(http::shown_url(address->text()));
  return [&client, &clock, timeout, text = address->text(),
          host = address->origin()](const NewTag& tag) -> Result<> {
    http::Request request;
    request.method = http::Method::post;
    request.url = text;
    request.headers.set("Content-Type", "application/json");
    request.body = new_tag_json(tag).dump();
    request.timeout = timeout;
    request.deadline = clock.uptime() + kForWebhook;
    request.repeatable = true;  // whoever listens has to know the same tag twice anyway
    request.most_redirects = 0;
    const auto response = client.send(request);
    if (!response) return unknown(cat("webhook at ", host, ": ", response.error().message));
    if (response->ok()) return {};
    return fail(refuses_one(response->status) ? Failure::Kind::refused : Failure::Kind::unknown,
                cat("webhook at ", host, ": answered ", response->status, ' ',
                    text::quoted(response->body, 200)));
  };
}

Result<std::optional<Tell>> kargo(const imageset::AnnounceSettings& settings,
                                  const imageset::RegistrySettings& registry,
                                  const std::vector<oci::Repository>& images, time::Clock& clock,
                                  int interrupt_fd) {
  if (settings.kargo_warehouse.empty() && settings.kargo_webhook_url.empty()) return std::nullopt;
  const auto open = [&clock, settings, registry, images, interrupt_fd](const std::string& tag) {
    return imageset::Announcer::open(settings, registry, {tag, "", images}, clock, interrupt_fd);
  };
  // Whether the settings are good does not depend on the tag, and is found out before there is one.
  if (auto good = open("0"); !good) return forward(good.error());
  return Tell([&clock, open, said = std::string()](const NewTag& tag) mutable -> Result<> {
    auto announcer = open(tag.lock.tag);
    if (!announcer) return forward(announcer.error());
    auto announced = announcer->announce({.event = "images-ready", .lock = tag.lock},
                                         clock.uptime() + kForKargo);
    if (announced.failure) {
      // An alias that belongs to other Freight is the trouble of this tag alone.
      if (announced.failure->kind == Failure::Kind::conflict) {
        announced.failure->kind = Failure::Kind::refused;
      }
      return forward(*std::move(announced.failure));
    }
    // What was only not told in time has been warned of. The same is not said for each of many.
    if (announced.json.find("error") == nullptr && announced.words != said) {
      log::info(announced.words);
      said = std::move(announced.words);
    }
    return {};
  });
}

Tell printer(bool as_json) {
  return [as_json](const NewTag& tag) {
    const std::string line = as_json ? log::redact(new_tag_json(tag).dump()) : tag.lock.tag;
    if (auto printed = step::print(line + "\n"); !printed) return printed;
    return step::flush_print();
  };
}

Told tell_all(Decision& decision, std::span<const Tell> tells, std::size_t most) {
  Told told;
  for (NewTag& tag : decision.complete) {
    const bool goes_on = !told.failure || told.failure->kind == Failure::Kind::refused;
    if (goes_on && told.tags.size() < most) {
      auto good = tell_one(tag, tells);
      if (good) {
        told.tags.push_back(std::move(tag));
        continue;
      }
      // What stops all is told rather than what one tag was refused for.
      const bool first = !told.failure || good.error().kind != Failure::Kind::refused;
      if (first) told.failure = std::move(good.error());
    }
    decision.next.pending.push_back({tag.lock.tag, tag.first_seen});
  }
  decision.complete.clear();
  return told;
}

}  // namespace stagegate::tag_watch
