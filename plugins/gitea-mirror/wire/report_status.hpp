// What became of a push, ref by ref (report-status, version 1 or 2).
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "common/result/result.hpp"
#include "plugins/gitea-mirror/wire/pkt_line.hpp"
#include "plugins/gitea-mirror/wire/side_band.hpp"

namespace stagegate::mirror {

// One line of the report. The texts live during the call; the reason is harmless to show.
struct RefStatus {
  std::string_view name;
  bool taken = false;
  std::string_view reason = {};  // of a refusal
};

class ReportReader {
 public:
  using Each = std::function<void(const RefStatus& status)>;

  // `side_band` as agreed (PushTerms). `line` hears what the target says to people: "remote: ..."
  ReportReader(bool side_band, Each each, SideBand::Line line = {});

  // Fails (unknown) at what is no report, and with what the target says is wrong (ERR, band 3).
  Result<> feed(std::string_view bytes);

  enum class Ending {
    whole,
    missing,  // nothing of a report came: what became of the push is not known
    cut,      // it ended in the middle: as little is known of what it does not name
  };
  Ending ending() const;
  // Gives out what has come of a last line.
  void finish() { band_.end(); }

  // Why the target could not store the pack: "index-pack abnormal exit". Empty when it could.
  const std::string& unpack_trouble() const { return unpack_trouble_; }

 private:
  Result<> take_outer(const Pkt& pkt);
  Result<> take(const Pkt& pkt);
  Result<> take_status(std::string_view line);

  bool side_band_;
  Each each_;
  SideBand band_;
  PktReader outer_;
  PktReader inner_;  // within band 1
  bool unpack_told_ = false;
  bool whole_ = false;
  bool closed_ = false;
  std::string unpack_trouble_;
};

}  // namespace stagegate::mirror
