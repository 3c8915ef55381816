#include "plugins/gitea-mirror/wire/fetch_response.hpp"

#include <utility>

#include "common/text/text.hpp"
#include "plugins/gitea-mirror/wire/refusal.hpp"

namespace stagegate::mirror {
namespace {

constexpr std::size_t kPackHeader = 12;

bool begins_with(std::string_view text, std::string_view beginning) {
  return text.substr(0, beginning.size()) == beginning;
}

Result<> broken(std::string_view what) {
  return unknown(text::cat("the source's answer to a fetch is not git's: ", what));
}

// A receive-pack would say so too, but only after the whole transfer.
Result<> shallow() {
  return fail(Failure::Kind::conflict,
              "the source is a shallow repository: it lacks history that a mirror needs; complete "
              "it with git fetch --unshallow. Nothing was sent");
}

tl::unexpected<Failure> cut_off(std::string message) {
  Failure failure{Failure::Kind::unknown, std::move(message)};
  failure.passing = true;
  return forward(std::move(failure));
}

}  // namespace

FetchReader::FetchReader(int version, Sink pack, SideBand::Line line)
    : version_(version), pack_(std::move(pack)), band_(std::move(line)) {}

Result<> FetchReader::feed(std::string_view bytes) {
  return pkts_.feed(bytes, [this](const Pkt& pkt) { return take(pkt); });
}

Result<> FetchReader::finish() {
  if (done() && pkts_.at_boundary()) return {};
  return cut_off(text::cat("the pack was cut off after ", pack_bytes_, " bytes"));
}

std::optional<std::uint32_t> FetchReader::objects() const {
  if (header_.size() < kPackHeader) return std::nullopt;
  std::uint32_t count = 0;
  for (const char c : header_.substr(8)) count = count << 8 | static_cast<unsigned char>(c);
  return count;
}

Result<> FetchReader::take(const Pkt& pkt) {
  if (done()) {
    if (pkt.kind == Pkt::Kind::response_end) return {};
    return broken("more came after the pack");
  }
  if (state_ == State::pack) return take_banded(pkt);
  if (pkt.kind == Pkt::Kind::data) {
    if (auto said = told_error(line_of(pkt))) return forward(*std::move(said));
  }
  return version_ == 2 ? take_v2(pkt) : take_v0(pkt);
}

// ACK and NAK lines, then bands. Neither says anything here: there is one round only.
Result<> FetchReader::take_v0(const Pkt& pkt) {
  if (pkt.kind != Pkt::Kind::data) return broken("it ends before the pack");
  const std::string_view line = line_of(pkt);
  if (line == "NAK" || begins_with(line, "ACK ")) return {};
  if (begins_with(line, "shallow ") || begins_with(line, "unshallow ")) return shallow();
  state_ = State::pack;
  return take_banded(pkt);
}

Result<> FetchReader::take_v2(const Pkt& pkt) {
  if (pkt.kind == Pkt::Kind::delimiter && state_ != State::before) {
    state_ = State::section;
    return {};
  }
  if (pkt.kind != Pkt::Kind::data) return broken("it ends before the pack");
  const std::string_view line = line_of(pkt);
  switch (state_) {
    case State::before:
    case State::section:
      return take_section(line);
    case State::shallow_info:
      if (begins_with(line, "shallow ")) return shallow();
      return {};
    default:
      return {};
  }
}

Result<> FetchReader::take_section(std::string_view line) {
  if (line == "packfile") {
    state_ = State::pack;
  } else if (line == "shallow-info") {
    state_ = State::shallow_info;
  } else if (line == "acknowledgments") {
    state_ = State::skipped;  // some servers send it in spite of "done"
  } else {
    return broken(text::cat("a section ", text::quoted(line), ", which was not asked for"));
  }
  return {};
}

Result<> FetchReader::take_banded(const Pkt& pkt) {
  if (pkt.kind == Pkt::Kind::flush) {
    band_.end();
    if (header_.size() < kPackHeader) return broken("it ends before the pack");
    state_ = State::done;
    return {};
  }
  if (pkt.kind != Pkt::Kind::data) return broken("a pkt that has no place in a pack");
  if (auto said = told_error(line_of(pkt))) return forward(*std::move(said));
  const auto bytes = band_.take(pkt.data);
  if (!bytes) return forward(bytes.error());
  return bytes->empty() ? Result<>{} : take_pack(*bytes);
}

Result<> FetchReader::take_pack(std::string_view bytes) {
  if (header_.size() < kPackHeader) {
    constexpr std::string_view kMagic = "PACK";
    header_ += bytes.substr(0, kPackHeader - header_.size());
    const std::string_view seen = std::string_view(header_).substr(0, kMagic.size());
    if (!begins_with(kMagic, seen)) return broken("what it sends is no pack");
  }
  pack_bytes_ += bytes.size();
  if (auto taken = pack_(bytes); !taken) {
    side_ = Side::target;
    return taken;
  }
  return {};
}

Result<> AcknowledgmentReader::feed(std::string_view bytes) {
  return pkts_.feed(bytes, [this](const Pkt& pkt) { return take(pkt); });
}

Result<OidList> AcknowledgmentReader::finish() {
  if (!done_ || !pkts_.at_boundary()) {
    return cut_off("the source's answer, which commits it knows, was cut off");
  }
  known_.sort();
  return std::move(known_);
}

Result<> AcknowledgmentReader::take(const Pkt& pkt) {
  if (done_) {
    if (pkt.kind == Pkt::Kind::response_end) return {};
    return broken("more came after the acknowledgments");
  }
  if (pkt.kind == Pkt::Kind::flush && version_ == 2) {
    done_ = true;
    return {};
  }
  if (pkt.kind != Pkt::Kind::data) return broken("a pkt that has no place in it");
  const std::string_view line = line_of(pkt);
  if (auto said = told_error(line)) return forward(*std::move(said));
  return take_line(line);
}

// Version 0 says "ACK <id> common" for what it knows; "ready" and "continue" come for anything once
// it has seen enough.
Result<> AcknowledgmentReader::take_line(std::string_view line) {
  constexpr std::string_view kAck = "ACK ";
  if (version_ == 2 && !headed_) {
    if (line != "acknowledgments") return broken(text::quoted(line));
    headed_ = true;
    return {};
  }
  if (line == "NAK") {
    done_ = version_ != 2;
    return {};
  }
  if (line == "ready" && version_ == 2) return {};
  if (!begins_with(line, kAck)) return broken(text::quoted(line));
  line.remove_prefix(kAck.size());
  const auto oid = Oid::parse(line.substr(0, line.find(' ')));
  if (!oid || oid->format() != known_.format()) return broken(text::quoted(line));
  const std::string_view rest = line.substr(2 * bytes_of(known_.format()));
  if (rest == (version_ == 2 ? "" : " common")) known_.add(*oid);
  return {};
}

}  // namespace stagegate::mirror
