// The header fields of a request or a response.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stagegate::http {

// In the order in which they came; a name may come more than once, and its case means nothing.
class Headers {
 public:
  using Field = std::pair<std::string, std::string>;

  Headers() = default;
  Headers(std::initializer_list<Field> fields) : fields_(fields) {}

  void add(std::string name, std::string value);
  // Replaces every field of the name.
  void set(std::string name, std::string value);
  void remove(std::string_view name);

  // The value of the first field of the name, or null.
  const std::string* find(std::string_view name) const;
  // The value of the first field of the name, or empty.
  std::string_view text(std::string_view name) const;
  std::vector<std::string_view> all(std::string_view name) const;

  bool empty() const { return fields_.empty(); }
  std::size_t size() const { return fields_.size(); }
  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }

 private:
  std::vector<Field> fields_;
};

// True for two names that differ in case at most.
bool same_name(std::string_view left, std::string_view right);

// True when a field can be sent as one line: the name is a token, the value has no control
// characters. Whoever can put a line break into a header can write a second request.
bool sendable(const Headers::Field& field);

}  // namespace stagegate::http
