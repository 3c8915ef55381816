// What Kargo is told: the decisions of announce.cpp. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/imageset/announce.hpp"
#include "common/kube/freight.hpp"
#include "common/result/result.hpp"

namespace stagegate::imageset {

// Refused (usage): settings that contradict each other, or say a part of what is needed.
Result<> check_announce_settings(const AnnounceSettings& settings);

// {sha} and {sha10} become the commit and its first ten digits. Refused (usage): a form without
// either, by which two builds would have the same alias, and what is no label's value.
Result<std::string> freight_alias(std::string_view form, std::string_view sha);

// One of the Freight's images: how the Warehouse spells it, and its place in the lock.
struct FreightPlace {
  std::string repo_url;
  std::size_t image;
};
// All images, or those that are named. Refused (usage): one that is not among them, one twice.
Result<std::vector<FreightPlace>> freight_places(const std::vector<std::string>& names,
                                                 const std::vector<oci::Repository>& images,
                                                 std::string_view default_registry);

kube::Freight freight_of(const News& news, const AnnounceSettings& settings,
                         const std::string& alias, const std::vector<FreightPlace>& places);

// For a receiver of webhooks.
text::Json webhook_body(const News& news);
// What is wrong with its answer, in words; empty when it has done what it is for. Kargo answers
// {"results": [...]} and 200 also where no Warehouse was meant.
std::string fault_of_receiver(int status, std::string_view body);

}  // namespace stagegate::imageset
