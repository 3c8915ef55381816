// A log as queries see it: its lines, in order. A test can put some text in its place.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/audit/log/view.hpp"
#include "common/result/result.hpp"

namespace stagegate::audit_writer {

class RecordSource {
 public:
  virtual ~RecordSource() = default;
  virtual std::uint64_t size() const = 0;
  // From `from` on, and from the newest to the oldest.
  virtual Result<> each(std::uint64_t from, const audit::Visit& visit) const = 0;
  virtual Result<> each_backwards(const audit::Visit& visit) const = 0;
  // Only lines that hold `needle` somewhere.
  virtual Result<> each_with(std::string_view needle, std::uint64_t from,
                             const audit::Visit& visit) const = 0;
  virtual Result<std::string> line(std::uint64_t seq) const = 0;
};

class ViewSource : public RecordSource {
 public:
  explicit ViewSource(const audit::View& view) : view_(view) {}
  std::uint64_t size() const override { return view_.size(); }
  Result<> each(std::uint64_t from, const audit::Visit& visit) const override {
    return view_.each(from, visit);
  }
  Result<> each_backwards(const audit::Visit& visit) const override {
    return view_.each_backwards(visit);
  }
  Result<> each_with(std::string_view needle, std::uint64_t from,
                     const audit::Visit& visit) const override {
    return view_.each_with(needle, from, visit);
  }
  Result<std::string> line(std::uint64_t seq) const override { return view_.line(seq); }

 private:
  const audit::View& view_;
};

}  // namespace stagegate::audit_writer
