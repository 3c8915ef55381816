#include "common/imageset/announce.hpp"

#include <algorithm>

#include "common/http/client.hpp"
#include "common/http/url.hpp"
#include "common/imageset/announcement.hpp"
#include "common/imageset/persist.hpp"
#include "common/kube/freight_creation.hpp"
#include "common/kube/kargo.hpp"
#include "common/log/log.hpp"
#include "common/oci/refusal.hpp"
#include "common/text/text.hpp"

namespace stagegate::imageset {

using std::chrono::milliseconds;
using text::cat;
using text::Json;

namespace {

// Kargo looks by itself every few minutes: no pipeline waits longer than this for telling it.
constexpr milliseconds kForRefresh{30'000};

http::Client client_for(const RegistrySettings& registry, const std::string& url,
                        const time::Clock& clock, int interrupt_fd) {
  http::ClientOptions options;
  options.trust.ca_file = registry.ca_file;
  options.proxy = registry.proxy;
  // On this machine: nobody in between.
  if (text::lower(url).starts_with("http://")) options.proxy = "none";
  return {std::move(options), clock, interrupt_fd};
}

Result<std::unique_ptr<kube::Warehouses>> warehouses_of(const AnnounceSettings& settings,
                                                        const RegistrySettings& registry,
                                                        const time::Clock& clock,
                                                        int interrupt_fd) {
  if (settings.kargo_url.empty()) {
    auto config = kube::cluster(settings.cluster);
    if (!config) {
      return forward({config.error().kind, cat("kargo_warehouse: ", config.error().message,
                                               " (kube_api), or Kargo's own (kargo_url)")});
    }
    return kube::warehouses_in_cluster(kube::Api(*std::move(config), clock, interrupt_fd), clock);
  }
  auto token = settings::bearer_token("kargo_token", settings.kargo_token);
  if (!token) return forward(token.error());
  std::string url = settings.kargo_url;
  while (url.ends_with('/')) url.pop_back();
  auto client = client_for(registry, url, clock, interrupt_fd);
  return kube::warehouses_of_kargo(std::move(client), {std::move(url), *std::move(token)});
}

}  // namespace

void declare_announce_settings(settings::Table& table, AnnounceSettings& target,
                               const std::vector<std::string>& verbs) {
  table.add(target.kargo_webhook_url,
            {.name = "kargo_webhook_url",
             .help = "A generic webhook receiver of Kargo's, which is called when all is done; its "
                     "address is a secret.",
             .verbs = verbs});
  table.add(
      target.kargo_project,
      {.name = "kargo_project", .help = "The Kargo project of kargo_warehouse.", .verbs = verbs});
  table.add(target.kargo_warehouse,
            {.name = "kargo_warehouse",
             .help = "The Warehouse that looks for new images when all is done, or that gets the "
                     "Freight.",
             .verbs = verbs});
  table.add(target.kargo_url,
            {.name = "kargo_url",
             .help = "Kargo's API, for kargo_warehouse; without it, the Kubernetes API.",
             .value = "URL",
             .verbs = verbs});
  table.add(target.kargo_token,
            {.name = "kargo_token", .help = "A token that Kargo's API takes.", .verbs = verbs});
  kube::declare_cluster_settings(table, target.cluster, verbs);
  table.add(target.create_freight,
            {.name = "create_freight",
             .help = "Make the Freight of these digests, instead of having the Warehouse look.",
             .fallback = "false",
             .verbs = verbs});
  table.add(target.freight_alias,
            {.name = "freight_alias",
             .help = "The alias of the Freight: {sha} is the commit, {sha10} its first ten digits. "
                     "By default Kargo chooses one.",
             .value = "FORM",
             .verbs = verbs});
  table.add(target.freight_images,
            {.name = "freight_images",
             .help = "The repositories that the Warehouse subscribes to, spelled as there: Freight "
                     "has an image of each and of no other. By default all images.",
             .value = "REPOSITORY",
             .verbs = verbs});
  table.add(target.pipeline_url, {.name = "pipeline_url",
                                  .help = "Where the Freight says that it comes from.",
                                  .value = "URL",
                                  .ci = {"CI_PIPELINE_URL"},
                                  .verbs = verbs});
}

class Announcer::Core {
 public:
  static Result<std::unique_ptr<Core>> open(const AnnounceSettings& settings,
                                            const RegistrySettings& registry,
                                            const Subject& subject, time::Clock& clock,
                                            int interrupt_fd) {
    auto core = std::make_unique<Core>(settings, clock);
    if (auto good = check_announce_settings(settings); !good) return forward(good.error());
    if (!settings.kargo_webhook_url.empty()) {
      const std::string url(text::trim(settings.kargo_webhook_url.reveal()));
      // Also where a message shows only a part of it.
      if (const auto parsed = http::parse_url(url)) log::mask(parsed->path);
      core->receiver_.emplace(client_for(registry, url, clock, interrupt_fd));
    }
    if (settings.kargo_warehouse.empty()) return core;
    const std::string& sha = subject.revision.empty() ? subject.tag : subject.revision;
    auto alias = freight_alias(settings.freight_alias, sha);
    if (!alias) return forward(alias.error());
    auto places = freight_places(settings.freight_images, subject.images, registry.registry);
    if (!places) return forward(places.error());
    auto warehouses = warehouses_of(settings, registry, clock, interrupt_fd);
    if (!warehouses) return forward(warehouses.error());
    core->alias_ = *std::move(alias);
    core->places_ = *std::move(places);
    core->warehouses_ = *std::move(warehouses);
    return core;
  }

  Core(AnnounceSettings settings, time::Clock& clock)
      : settings_(std::move(settings)), clock_(clock) {}

  Announced announce(const News& news, milliseconds deadline) {
    if (settings_.create_freight) return make_freight(news, deadline);
    const milliseconds until = std::min(deadline, clock_.uptime() + kForRefresh);
    if (receiver_) return call_receiver(news, until);
    if (warehouses_) return refresh(until);
    return {};
  }

 private:
  static Announced warned(Json json, const std::string& why) {
    const std::string words =
        cat("Kargo was not told, and sees the images when it looks next: ", why);
    log::warning(words);
    json.set("error", why);
    return {words, std::move(json), std::nullopt};
  }

  Announced call_receiver(const News& news, milliseconds until) {
    const Json json = Json().set("did", "refresh").set("through", "a webhook receiver");
    http::Request request;
    request.method = http::Method::post;
    request.url = std::string(text::trim(settings_.kargo_webhook_url.reveal()));
    request.headers.set("Content-Type", "application/json");
    request.body = webhook_body(news).dump();
    request.repeatable = true;
    request.timeout = milliseconds(10'000);
    request.deadline = until;
    request.most_redirects = 0;
    const auto response = receiver_->send(request);
    if (!response) return warned(json, response.error().message);
    const auto fault = fault_of_receiver(response->status, response->body);
    if (!fault.empty()) return warned(json, fault);
    return {"Kargo's receiver was called: the Warehouse looks for the images now", json, {}};
  }

  Json told(std::string_view did) const {
    return Json()
        .set("did", did)
        .set("through", warehouses_->way())
        .set("project", settings_.kargo_project)
        .set("warehouse", settings_.kargo_warehouse);
  }

  Announced refresh(milliseconds until) {
    warehouses_->set_deadline(until);
    const auto done = warehouses_->refresh(settings_.kargo_project, settings_.kargo_warehouse);
    if (!done) return warned(told("refresh"), done.error().message);
    return {cat("Kargo's Warehouse ", settings_.kargo_warehouse, " in ", settings_.kargo_project,
                " looks for the images now"),
            told("refresh"),
            {}};
  }

  Announced make_freight(const News& news, milliseconds deadline) {
    const auto freight = freight_of(news, settings_, alias_, places_);
    warehouses_->set_deadline(deadline);
    const auto made = persist(clock_, deadline, [&]() -> oci::Answer<kube::CreatedFreight> {
      auto one = kube::create_freight(*warehouses_, freight);
      if (one) return *std::move(one);
      if (one.error().passing) log::info(one.error().message);
      return forward(oci::refusal_of(one.error()));
    });
    Json json = told("create_freight");
    if (!made) return not_made(std::move(json), made.error().failure);
    json.set("freight", made->name).set("alias", made->alias).set("created", !made->was_there);
    return {cat("Kargo's Freight ", made->name, " (", made->alias, ") in ", settings_.kargo_project,
                made->was_there ? " was there already" : " was created"),
            std::move(json),
            {}};
  }

  static Announced not_made(Json json, Failure failure) {
    // The images were there in time; what is not known is whether there is Freight.
    if (failure.kind == Failure::Kind::deadline) failure.kind = Failure::Kind::unknown;
    failure.message = cat("the Freight was not made: ", failure.message);
    if (failure.kind == Failure::Kind::unknown) failure.message += "; it is safe to run again";
    json.set("error", failure.message);
    std::string words = failure.message;
    return {std::move(words), std::move(json), std::move(failure)};
  }

  AnnounceSettings settings_;
  time::Clock& clock_;
  std::optional<http::Client> receiver_;
  std::unique_ptr<kube::Warehouses> warehouses_;
  std::string alias_;
  std::vector<FreightPlace> places_;
};

Announcer::Announcer(std::unique_ptr<Core> core) : core_(std::move(core)) {}
Announcer::Announcer(Announcer&&) noexcept = default;
Announcer& Announcer::operator=(Announcer&&) noexcept = default;
Announcer::~Announcer() = default;

Result<Announcer> Announcer::open(const AnnounceSettings& settings,
                                  const RegistrySettings& registry, const Subject& subject,
                                  time::Clock& clock, int interrupt_fd) {
  auto core = Core::open(settings, registry, subject, clock, interrupt_fd);
  if (!core) return forward(core.error());
  return Announcer(*std::move(core));
}

Announced Announcer::announce(const News& news, milliseconds deadline) {
  return core_->announce(news, deadline);
}

}  // namespace stagegate::imageset
