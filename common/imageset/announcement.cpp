#include "common/imageset/announcement.hpp"

#include <algorithm>

#include "common/http/url.hpp"
#include "common/kube/api.hpp"
#include "common/text/text.hpp"

namespace stagegate::imageset {

using text::cat;
using text::Json;

namespace {

Result<> check_webhook(const AnnounceSettings& s) {
  if (s.kargo_webhook_url.empty()) return {};
  if (s.create_freight) {
    return usage(
        "create_freight: makes the Freight itself, and kargo_webhook_url has Kargo look for it: "
        "set one of them");
  }
  if (!s.kargo_warehouse.empty()) {
    return usage("kargo_warehouse: kargo_webhook_url has Kargo look already: set one of them");
  }
  // Its path is a secret: not even what is wrong with it can be shown.
  if (!http::parse_url(s.kargo_webhook_url.reveal())) {
    return usage(
        "kargo_webhook_url: is no address: the ProjectConfig has it, in "
        "status.webhookReceivers[].url");
  }
  return {};
}

Result<> check_warehouse(const AnnounceSettings& s) {
  if (s.kargo_warehouse.empty() != s.kargo_project.empty()) {
    return usage(s.kargo_project.empty() ? "kargo_project: is missing beside kargo_warehouse"
                                         : "kargo_warehouse: is missing beside kargo_project");
  }
  if (!s.kargo_warehouse.empty()) return {};
  if (s.create_freight) {
    return usage("create_freight: kargo_project and kargo_warehouse say of what: set them");
  }
  if (!s.kargo_url.empty() || !s.kargo_token.empty() || !s.cluster.kube_api.empty() ||
      !s.cluster.kube_token_path.empty() || !s.cluster.kube_ca.empty()) {
    return usage(
        "kargo_warehouse: is missing: kargo_url and kube_api say how Kargo is told, and "
        "kargo_project and kargo_warehouse say what");
  }
  return {};
}

Result<> check_way(const AnnounceSettings& s) {
  if (s.kargo_url.empty()) {
    if (s.kargo_token.empty()) return {};
    return usage("kargo_url: is missing beside kargo_token");
  }
  if (s.kargo_token.empty()) return usage("kargo_token: is missing beside kargo_url");
  if (!s.cluster.kube_api.empty() || !s.cluster.kube_token_path.empty() ||
      !s.cluster.kube_ca.empty()) {
    return usage(
        "kargo_url: Kargo is told through its own API or through kube_api: set one of them");
  }
  kube::Config config;
  config.url = s.kargo_url;
  while (config.url.ends_with('/')) config.url.pop_back();
  if (auto fine = kube::check_config(config); !fine) {
    return usage(cat("kargo_url: ", fine.error().message));
  }
  return {};
}

// The summaries of what a receiver of Kargo's did, and whether it was anything.
struct Receipt {
  bool from_kargo = false;
  bool refreshed = false;
  std::vector<std::string> summaries;
};

Receipt receipt_in(std::string_view body) {
  Receipt receipt;
  const auto json = text::parse_json(body);
  const Json* results = json ? json->find("results") : nullptr;
  if (results == nullptr || results->array() == nullptr) return receipt;
  receipt.from_kargo = true;
  for (const Json& result : *results->array()) {
    const Json* targets = result.find("selectedTargets");
    if (targets != nullptr && targets->array() != nullptr && !targets->array()->empty()) {
      receipt.refreshed = true;
    }
    if (!result.text("summary").empty()) receipt.summaries.emplace_back(result.text("summary"));
  }
  return receipt;
}

}  // namespace

Result<> check_announce_settings(const AnnounceSettings& s) {
  if (!s.create_freight && (!s.freight_alias.empty() || !s.freight_images.empty())) {
    return usage(cat(s.freight_alias.empty() ? "freight_images" : "freight_alias",
                     ": is of no use without create_freight"));
  }
  if (auto good = check_webhook(s); !good) return good;
  if (auto good = check_warehouse(s); !good) return good;
  return check_way(s);
}

Result<std::string> freight_alias(std::string_view form, std::string_view sha) {
  if (form.empty()) return std::string();
  if (form.find("{sha}") == std::string_view::npos &&
      form.find("{sha10}") == std::string_view::npos) {
    return usage(cat("freight_alias: ", text::quoted(form),
                     " has neither {sha} nor {sha10} in it: two builds would have the same alias"));
  }
  std::string alias =
      text::replaced(text::replaced(form, "{sha}", sha), "{sha10}", sha.substr(0, 10));
  if (!kube::is_alias(alias)) {
    return usage(cat("freight_alias: ", text::quoted(alias),
                     " is no alias: at most 63 letters, digits, - _ and ., a letter or a digit at "
                     "both ends"));
  }
  return alias;
}

Result<std::vector<FreightPlace>> freight_places(const std::vector<std::string>& names,
                                                 const std::vector<oci::Repository>& images,
                                                 std::string_view default_registry) {
  std::vector<FreightPlace> places;
  if (names.empty()) {
    for (std::size_t at = 0; at < images.size(); ++at) places.push_back({images[at].text(), at});
    return places;
  }
  for (const std::string& name : names) {
    const auto image = oci::parse_repository(name, default_registry);
    if (!image) return usage(cat("freight_images: ", image.error().message));
    const auto found = std::ranges::find(images, *image);
    if (found == images.end()) {
      return usage(cat("freight_images: ", image->text(), " is not among the images"));
    }
    const auto at = static_cast<std::size_t>(found - images.begin());
    if (std::ranges::find(places, at, &FreightPlace::image) != places.end()) {
      return usage(cat("freight_images: ", image->text(), " is there twice"));
    }
    // Kargo compares letter by letter: what is spelled out stays as it is.
    const bool spelled_out = oci::parse_repository(name, {}).has_value();
    places.push_back({spelled_out ? std::string(text::trim(name)) : image->text(), at});
  }
  return places;
}

kube::Freight freight_of(const News& news, const AnnounceSettings& settings,
                         const std::string& alias, const std::vector<FreightPlace>& places) {
  kube::Freight freight{settings.kargo_project, settings.kargo_warehouse, alias, {}, {}};
  for (const FreightPlace& place : places) {
    freight.images.push_back(
        {place.repo_url, news.lock.tag, news.lock.images[place.image].manifest.digest.text});
  }
  const auto annotate = [&](const char* key, const std::string& value) {
    if (!value.empty()) freight.annotations.emplace_back(cat("stagegate.dev/", key), value);
  };
  annotate("revision", news.lock.revision);
  annotate("verified-tag", news.verified_tag);
  annotate("pipeline", settings.pipeline_url);
  freight.annotations.insert(freight.annotations.end(), news.annotations.begin(),
                             news.annotations.end());
  return freight;
}

Json webhook_body(const News& news) {
  Json body = Json().set("event", news.event).set("tag", news.lock.tag);
  if (!news.lock.revision.empty()) body.set("revision", news.lock.revision);
  if (!news.verified_tag.empty()) body.set("verified_tag", news.verified_tag);
  Json images{Json::Array{}};
  for (const Locked& locked : news.lock.images) {
    images.push(
        Json().set("image", locked.image.text()).set("digest", locked.manifest.digest.text));
  }
  return body.set("images", std::move(images));
}

std::string fault_of_receiver(int status, std::string_view body) {
  const Receipt receipt = receipt_in(body);
  const std::string said = text::join(receipt.summaries, "; ");
  if (status == 404) {
    return "kargo_webhook_url: there is no receiver at it (404): the ProjectConfig has the "
           "address, "
           "in status.webhookReceivers[].url; it changes with the secret";
  }
  if (status < 200 || status > 299) {
    return cat("the receiver at kargo_webhook_url answered ", status, said.empty() ? "" : ": ",
               said);
  }
  if (receipt.from_kargo && !receipt.refreshed) {
    return cat("Kargo's receiver took the call and refreshed no Warehouse",
               said.empty() ? "" : " (", said, said.empty() ? "" : ")",
               ": see whenExpression and targetSelectionCriteria of the ProjectConfig");
  }
  return {};
}

}  // namespace stagegate::imageset
