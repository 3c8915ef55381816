// What became of every command of one push, by the target's report.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/gitea-mirror/plan/plan.hpp"
#include "plugins/gitea-mirror/wire/report_status.hpp"

namespace stagegate::mirror {

class Receipt {
 public:
  struct Refused {
    std::size_t at;  // among the commands
    std::string reason;
  };

  // Commands in the order in which they were sent. Both must outlive the receipt.
  Receipt(const Plan& plan, const std::vector<Change>& commands);

  // One line of the report; a ref that was no command of this push, or is told twice, is ignored.
  void note(const RefStatus& status);

  std::size_t taken() const { return taken_; }
  const std::vector<Refused>& refused() const { return refused_; }
  // Commands of which the report says nothing: what became of them is not known.
  std::vector<std::size_t> untold() const;
  bool was_taken(std::size_t at) const { return fates_[at] == Fate::taken; }

 private:
  enum class Fate : std::uint8_t { untold, taken, refused };
  std::size_t find(std::string_view name);

  const Plan* plan_;
  const std::vector<Change>* commands_;
  std::vector<Fate> fates_;
  std::vector<Refused> refused_;
  std::size_t taken_ = 0;
  std::size_t next_ = 0;                // servers report in the order of the commands
  std::vector<std::uint32_t> by_name_;  // for those that do not
};

}  // namespace stagegate::mirror
