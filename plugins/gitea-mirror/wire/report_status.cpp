#include "plugins/gitea-mirror/wire/report_status.hpp"

#include <utility>

#include "common/text/harmless.hpp"
#include "common/text/text.hpp"
#include "plugins/gitea-mirror/wire/ref_name.hpp"
#include "plugins/gitea-mirror/wire/refusal.hpp"

namespace stagegate::mirror {
namespace {

constexpr std::size_t kLongestReason = 500;

Result<> broken(std::string_view what) {
  return unknown(text::cat("the target's report is not git's: ", what));
}

// Takes the beginning off, when it is there.
bool cut_beginning(std::string_view& line, std::string_view beginning) {
  if (line.substr(0, beginning.size()) != beginning) return false;
  line.remove_prefix(beginning.size());
  return true;
}

}  // namespace

ReportReader::ReportReader(bool side_band, Each each, SideBand::Line line)
    : side_band_(side_band), each_(std::move(each)), band_(std::move(line)) {}

Result<> ReportReader::feed(std::string_view bytes) {
  return outer_.feed(bytes, [this](const Pkt& pkt) { return take_outer(pkt); });
}

ReportReader::Ending ReportReader::ending() const {
  if (whole_) return Ending::whole;
  return unpack_told_ ? Ending::cut : Ending::missing;
}

Result<> ReportReader::take_outer(const Pkt& pkt) {
  if (closed_) return broken("more came after its end");
  if (!side_band_) return take(pkt);
  if (pkt.kind == Pkt::Kind::flush) {
    band_.end();
    closed_ = true;
    return {};
  }
  if (pkt.kind != Pkt::Kind::data) return broken("a pkt that has no place in it");
  if (auto said = told_error(line_of(pkt))) return forward(*std::move(said));
  const auto bytes = band_.take(pkt.data);
  if (!bytes) return forward(bytes.error());
  return inner_.feed(*bytes, [this](const Pkt& inner) { return take(inner); });
}

Result<> ReportReader::take(const Pkt& pkt) {
  if (whole_) return broken("more came after its end");
  if (pkt.kind == Pkt::Kind::flush) {
    if (!unpack_told_) return broken("it is empty");
    whole_ = true;
    closed_ = !side_band_;
    return {};
  }
  if (pkt.kind != Pkt::Kind::data) return broken("a pkt that has no place in it");
  std::string_view line = line_of(pkt);
  if (auto said = told_error(line)) return forward(*std::move(said));
  if (std::exchange(unpack_told_, true)) return take_status(line);
  if (!cut_beginning(line, "unpack ")) {
    unpack_told_ = false;
    return broken(text::cat("it begins with ", text::quoted(line)));
  }
  if (line != "ok") unpack_trouble_ = text::harmless(line.substr(0, kLongestReason));
  return {};
}

// "ok <ref>", "ng <ref> <reason>", and version 2's "option ..." about the ref before, which say how
// a hook changed the command: the refs are read again after the push, so that they need not be
// kept.
Result<> ReportReader::take_status(std::string_view line) {
  if (cut_beginning(line, "option ")) return {};
  RefStatus status;
  status.taken = cut_beginning(line, "ok ");
  if (!status.taken && !cut_beginning(line, "ng ")) return broken(text::quoted(line));
  const std::size_t blank = line.find(' ');
  status.name = line.substr(0, blank);
  if (!is_ref_name(status.name)) {
    return broken(text::cat("a ref called ", text::quoted(status.name)));
  }
  std::string reason;
  if (!status.taken && blank != std::string_view::npos) {
    reason = text::harmless(line.substr(blank + 1, kLongestReason));
  }
  if (!status.taken && reason.empty()) reason = "no reason given";
  status.reason = reason;
  if (each_) each_(status);
  return {};
}

}  // namespace stagegate::mirror
