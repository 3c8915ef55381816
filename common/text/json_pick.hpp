// The few parts of a large JSON text that somebody needs, as a value. What is not asked for is
// never in memory.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/result/result.hpp"
#include "common/text/json.hpp"

namespace stagegate::text {

class JsonPick {
 public:
  // `paths`: names of members with dots between them, "status.sync". A path keeps everything below
  // it; a list is no step of a path: "status.resources.name" keeps the names of all its elements.
  // A picked text longer than 64 KiB is cut, and the parts together have at most `values` values.
  explicit JsonPick(const std::vector<std::string>& paths, std::size_t values = 200'000);
  ~JsonPick();
  JsonPick(JsonPick&&) noexcept;
  JsonPick& operator=(JsonPick&&) noexcept;
  JsonPick(const JsonPick&) = delete;
  JsonPick& operator=(const JsonPick&) = delete;

  // The elements of the list at `path` are told, one after the other, instead of kept.
  using Element = std::function<void(Json element)>;
  void elements(const std::string& path, Element element);

  // Strict JSON, as for JsonStream; a member that is there twice is refused where it is picked.
  Result<> feed(std::string_view bytes);
  Result<Json> finish();

 private:
  class Builder;
  std::unique_ptr<Builder> builder_;
};

}  // namespace stagegate::text
