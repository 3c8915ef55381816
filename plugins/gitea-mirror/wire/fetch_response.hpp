// The source's answer to a fetch: the pack, byte by byte as it comes.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "common/result/result.hpp"
#include "plugins/gitea-mirror/wire/oid_list.hpp"
#include "plugins/gitea-mirror/wire/pkt_line.hpp"
#include "plugins/gitea-mirror/wire/service.hpp"
#include "plugins/gitea-mirror/wire/side_band.hpp"

namespace stagegate::mirror {

class FetchReader {
 public:
  // `version` of the advertisement. `pack` takes the bytes of the pack and is never called before
  // there is one: until then the target need not hear of anything.
  FetchReader(int version, Sink pack, SideBand::Line line = {});

  // Fails with what the source says is wrong (ERR, band 3), when it turns out to be shallow
  // (conflict), at what is no answer (unknown), and with what `pack` fails: side() tells which.
  Result<> feed(std::string_view bytes);
  // The pack is whole: only the flush-pkt says so, never the end of the connection.
  bool done() const { return state_ == State::done; }
  // Nothing more comes. Fails (unknown, passing) unless done.
  Result<> finish();

  // Whose failure feed() returned: the target's when `pack` failed.
  Side side() const { return side_; }
  std::uint64_t pack_bytes() const { return pack_bytes_; }
  // As the pack's header has it; empty before that has come. 0: who has the haves has all.
  std::optional<std::uint32_t> objects() const;

 private:
  enum class State { before, section, shallow_info, skipped, pack, done };

  Result<> take(const Pkt& pkt);
  Result<> take_v0(const Pkt& pkt);
  Result<> take_v2(const Pkt& pkt);
  Result<> take_section(std::string_view line);
  Result<> take_banded(const Pkt& pkt);
  Result<> take_pack(std::string_view bytes);

  int version_;
  Sink pack_;
  SideBand band_;
  PktReader pkts_;
  State state_ = State::before;
  Side side_ = Side::source;
  std::uint64_t pack_bytes_ = 0;
  std::string header_;  // the first 12 bytes of the pack
};

// The answer to FetchRequest::write_question.
class AcknowledgmentReader {
 public:
  AcknowledgmentReader(int version, HashFormat format) : version_(version), known_(format) {}

  Result<> feed(std::string_view bytes);
  bool done() const { return done_; }
  // Those of the haves that the source knows, sorted.
  Result<OidList> finish();

 private:
  Result<> take(const Pkt& pkt);
  Result<> take_line(std::string_view line);

  int version_;
  OidList known_;
  PktReader pkts_;
  bool headed_ = false;
  bool done_ = false;
};

}  // namespace stagegate::mirror
