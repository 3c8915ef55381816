// Freight that is made exactly once, whoever asks for it how often, and whatever becomes of the
// answers.
#pragma once

#include <string>

#include "common/kube/freight.hpp"
#include "common/kube/kargo.hpp"
#include "common/result/result.hpp"

namespace stagegate::kube {

struct CreatedFreight {
  std::string name;
  std::string alias;
  bool was_there = false;  // with the same origin and images
};

// One try: looks whether it is there, makes it, and looks again where the answer leaves that open.
// A failure that is `passing` may be followed by another try. Conflict: the alias belongs to other
// Freight; usage: Kargo does not take such Freight, most often because its images are not the ones
// that the Warehouse subscribes to, each exactly once.
Result<CreatedFreight> create_freight(Warehouses& warehouses, const Freight& freight);

}  // namespace stagegate::kube
