#include "common/kube/freight_creation.hpp"

#include <optional>

#include "common/text/text.hpp"

namespace stagegate::kube {

using text::cat;
using text::Json;

namespace {

using Found = std::optional<CreatedFreight>;

Result<Found> find(Warehouses& warehouses, const Freight& freight, const std::string& alias) {
  Found found;
  std::string taken;
  const auto look = [&](const Json& one) {
    const std::string unlike = difference(freight, one);
    const bool has_alias = !freight.alias.empty() && one.text("alias") == freight.alias;
    if (unlike.empty()) {
      found = CreatedFreight{std::string(name_of(one)), std::string(one.text("alias")), true};
    } else if (has_alias) {
      taken = cat("the alias ", freight.alias, " belongs to Freight ", name_of(one), " in ",
                  freight.project, " already, and ", unlike,
                  ": an alias is not moved; set another freight_alias, or leave it to Kargo");
    }
  };
  const auto listed = warehouses.each_freight(freight.project, alias, look);
  if (!listed) return forward(listed.error());
  if (!found && !taken.empty()) return fail(Failure::Kind::conflict, taken);
  return found;
}

// Kargo says no to Freight that is there already, and to such as it does not want; and where there
// is no answer, it may have made it all the same.
bool leaves_open(const Failure& failure) {
  return failure.passing || failure.kind == Failure::Kind::conflict ||
         failure.kind == Failure::Kind::usage || failure.kind == Failure::Kind::deadline;
}

Failure with_advice(Failure failure) {
  if (failure.kind == Failure::Kind::usage) {
    failure.message +=
        " - a Warehouse takes Freight with an image of each of its subscriptions, and of no other "
        "repository: freight_images names them";
  }
  return failure;
}

}  // namespace

Result<CreatedFreight> create_freight(Warehouses& warehouses, const Freight& freight) {
  auto before = find(warehouses, freight, freight.alias);
  if (!before) return forward(before.error());
  if (*before) return **std::move(before);
  const auto made = warehouses.create_freight(freight.project, freight_json(freight));
  if (made) return CreatedFreight{std::string(name_of(*made)), std::string(made->text("alias"))};
  if (!leaves_open(made.error())) return forward(made.error());
  // By any alias: the same Freight may have got another one from somebody else.
  auto after = find(warehouses, freight, "");
  if (after && *after) return **std::move(after);
  if (!after && after.error().kind == Failure::Kind::conflict) return forward(after.error());
  return forward(with_advice(made.error()));
}

}  // namespace stagegate::kube
