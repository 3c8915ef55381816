// Freight as Kargo keeps it: which images belong together. Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/text/json.hpp"

namespace stagegate::kube {

struct FreightImage {
  std::string repo_url;  // as the Warehouse spells it
  std::string tag;
  std::string digest;
};

struct Freight {
  std::string project;
  std::string warehouse;
  std::string alias;  // empty: Kargo chooses one
  std::vector<FreightImage> images;
  std::vector<std::pair<std::string, std::string>> annotations;
};

inline constexpr std::string_view kAliasLabel = "kargo.akuity.io/alias";

// What is sent. Kargo names Freight by a hash of its origin and its contents, whatever is asked
// for.
text::Json freight_json(const Freight& freight);

// In what a Freight of Kargo's is another one, in words; empty when it has the same origin and the
// same images. The alias and the annotations can be changed later and make no difference.
std::string difference(const Freight& wanted, const text::Json& there);

std::string_view name_of(const text::Json& freight);

// Whether Kargo can keep it: an alias is the value of a label, too.
bool is_alias(std::string_view text);

}  // namespace stagegate::kube
