// The Kubernetes API, as far as we need it: get, list, create, patch, watch.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/http/client.hpp"
#include "common/result/result.hpp"
#include "common/text/json.hpp"
#include "common/time/clock.hpp"

namespace stagegate::kube {

// Where the API is, and as whom it is asked. Tokens in files are read anew when they change: the
// kubelet replaces them every hour.
struct Config {
  std::string url;  // "https://10.43.0.1:443"
  std::string token_file;
  std::string token;    // instead of a file
  std::string ca_file;  // empty: the system's authorities
  bool insecure = false;
  std::string name_space;  // of the pod, where nothing else is said
  // For one answer, with all attempts at it, where somebody waits for it. Not for following.
  std::optional<std::chrono::milliseconds> patience = {};
};
// The service account of the pod this runs in. Refused (unknown) outside of one.
Result<Config> in_cluster();
// Says (usage) what makes a configuration unusable: a token goes over TLS, or no further than this
// machine (`kubectl proxy`).
Result<> check_config(const Config& config);

// A kind of object: {"kargo.akuity.io", "v1alpha1", "promotions"}; the group is empty for the core.
struct Resource {
  std::string group;
  std::string version;
  std::string plural;
};

enum class Patch : std::uint8_t { merge, json };

// Whether a request that may have arrived can be made again.
enum class Twice : std::uint8_t { harmful, harmless };

struct ListQuery {
  std::string label_selector = {};
  std::string field_selector = {};
  // Objects come with their metadata only: to hear that something has changed, whatever its size.
  bool metadata_only = false;
};

enum class Change : std::uint8_t { added, modified, deleted, bookmark };
struct Event {
  Change change;
  text::Json object;
};

// Belongs to one thread at a time. Failures are in words: what was asked, of what, as whom, and
// which permission is missing. `conflict`: somebody else changed the object first (409), or it is
// there already; `unknown`: everything that might be different next time.
class Api {
 public:
  Api(Config config, const time::Clock& clock, int interrupt_fd = -1);
  Api(Api&&) noexcept;
  Api& operator=(Api&&) noexcept;
  ~Api();

  const Config& config() const;
  // On the clock's uptime, for everything asked from now on.
  void set_deadline(std::optional<std::chrono::milliseconds> deadline);

  // nullopt: there is no such object.
  Result<std::optional<text::Json>> get(const Resource& resource, std::string_view name_space,
                                        std::string_view name);
  // The same for an object of any size: its bytes go to `sink`. False: there is no such object.
  Result<bool> get(const Resource& resource, std::string_view name_space, std::string_view name,
                   const http::BytesSink& sink);
  // All pages. `each` is called with every item; the result is the list's resourceVersion. A server
  // that forgets the list between two pages (410) is asked from the start: items come twice then.
  Result<std::string> list(const Resource& resource, std::string_view name_space,
                           const ListQuery& query, const std::function<Result<>(text::Json)>& each);
  Result<text::Json> create(const Resource& resource, std::string_view name_space,
                            const text::Json& object, Twice twice = Twice::harmful);
  // A resourceVersion in the patch makes it a compare-and-swap.
  Result<text::Json> patch(const Resource& resource, std::string_view name_space,
                           std::string_view name, Patch kind, const text::Json& patch,
                           Twice twice = Twice::harmful);
  // The same for an object of any size, that is not wanted as an answer. Not even then is it made
  // twice by itself.
  Result<> change(const Resource& resource, std::string_view name_space, std::string_view name,
                  Patch kind, const text::Json& patch);
  // The last lines of a container, at most `lines`.
  Result<std::string> log(std::string_view name_space, std::string_view pod,
                          std::string_view container, bool previous, int lines);
  // One watch request, until the server or `each` ends it. A conflict means that `since` is too old
  // (410): list again.
  Result<> watch(const Resource& resource, std::string_view name_space, const ListQuery& query,
                 const std::string& since, std::chrono::seconds longest,
                 const std::function<Result<http::Flow>(Event)>& each);

 private:
  class Core;
  std::unique_ptr<Core> core_;
};

}  // namespace stagegate::kube
