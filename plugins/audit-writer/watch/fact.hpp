// What has happened in a Kargo project, whoever says so: an object that is there, or an Event.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/text/json.hpp"
#include "common/time/instant.hpp"
#include "plugins/audit-writer/draft/images.hpp"

namespace stagegate::audit_writer {

// One piece of Freight, as Kargo shows it in its own object, in Promotions, Stages and Events.
struct Freight {
  std::string name;
  std::string origin;                                // the Warehouse
  std::string tag;                                   // see read_freight()
  std::vector<Image> images;                         // those whose digest is known
  std::string commit;                                // when there is exactly one
  std::map<std::string, time::Instant> verified_in;  // by stage
};

// Whoever did it, in Kargo's own words ("email:ann@example.com", "admin", "kubernetes:...").
struct Deed {
  std::string actor;       // empty: see `automatic`
  bool automatic = false;  // Kargo itself, by auto-promotion
  bool claimed = false;    // by an Event, which others than Kargo can write
};

struct Fact {
  std::string event;  // of type promotion: requested, succeeded, verified, ...
  std::string key;    // idempotency key
  std::optional<time::Instant> at;
  std::string project;
  std::string stage;
  std::string promotion;                 // empty: of the Freight alone
  std::string freight;                   // its name
  std::optional<Freight> contents = {};  // where the same object shows them
  Deed by;
  std::string created_by = {};  // of an abort: who had asked for the promotion
  std::string outcome = {};     // where it is not the event's usual one
  std::string reason = {};
  std::string notes = {};
  std::optional<std::chrono::milliseconds> duration = {};
  bool rollback = false;
  std::string kargo_event;  // Kargo's name for it: "PromotionSucceeded"
  // Something else says the same, with more to it, and will be there in a moment: an Event repeats
  // what a Promotion says; a Freight's approval has no name without its Event.
  bool second_hand = false;
};

}  // namespace stagegate::audit_writer
