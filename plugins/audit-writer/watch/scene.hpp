// What is known of the projects: their Freight and their stages.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/kube/follow.hpp"
#include "common/text/json.hpp"
#include "plugins/audit-writer/watch/fact.hpp"

namespace stagegate::audit_writer {

enum class Kind : std::uint8_t { stage, freight, promotion, event };  // of the objects looked at

class Scene {
 public:
  explicit Scene(std::string image) : image_(std::move(image)) {}

  // What the object says has happened. Remembers what later facts need.
  std::vector<Fact> take(Kind kind, kube::Seen seen, const text::Json& object);

  // The Freight that the fact is about; nullopt when it has not been seen (yet).
  std::optional<Freight> freight_of(const Fact& fact) const;
  // The stage that the Freight came from: of those that the target stage takes it from the one that
  // has verified it last; empty when it comes straight from the Warehouse.
  std::string source_of(const Fact& fact) const;
  // Whether Kargo has the approval that an Event speaks of.
  bool is_approved(const Fact& fact) const;
  // Whether Kargo has what an Event speaks of as an object: that one says by itself how it ended.
  bool has_object_of(const Fact& fact) const;

 private:
  using Name = std::pair<std::string, std::string>;  // project, object
  struct Sources {                                   // of one Warehouse's Freight, for one stage
    std::vector<std::string> stages;
    bool direct = false;
  };

  void remember_stage(const text::Json& stage);
  void remember_freight(const text::Json& freight);

  std::string image_;
  std::map<Name, Freight> freights_;
  std::map<Name, std::set<std::string>> approved_;
  std::set<Name> promotions_;
  std::map<Name, std::set<std::string>> verifications_;  // of each stage, by key
  std::map<Name, std::map<std::string, Sources>> stages_;
};

}  // namespace stagegate::audit_writer
