// Git's pkt-lines: four hexadecimal digits of length, themselves counted, and that many bytes.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "common/result/result.hpp"

namespace stagegate::mirror {

// Takes bytes as they are made or arrive. A failure ends the work and is handed on.
using Sink = std::function<Result<>(std::string_view bytes)>;

struct Pkt {
  enum class Kind {
    data,          // may be empty
    flush,         // 0000
    delimiter,     // 0001, between the sections of protocol version 2
    response_end,  // 0002
  };
  Kind kind = Kind::data;
  std::string_view data = {};  // valid during the call
};

// The bytes of a line without the line feed that may end it.
std::string_view line_of(const Pkt& pkt);

class PktReader {
 public:
  static constexpr std::size_t kLongest = 65'520;  // with its length

  using Each = std::function<Result<>(const Pkt& pkt)>;

  // Calls `each` for every pkt that these bytes complete. Fails (unknown) at what is no pkt-line,
  // and with what `each` fails.
  Result<> feed(std::string_view bytes, const Each& each);
  // Nothing half has come.
  bool at_boundary() const { return held_.empty(); }

 private:
  std::string held_;  // the beginning of a pkt, at most kLongest
};

// Longer data than a pkt can hold is the caller's mistake and thrown (length_error).
void append_pkt(std::string& out, std::string_view data);
void append_flush(std::string& out);
void append_delimiter(std::string& out);

// Collects what is written and hands it on in pieces of about 32 KiB, so that a request about a
// hundred thousand refs is never in memory as a whole.
class PieceWriter {
 public:
  explicit PieceWriter(Sink sink) : sink_(std::move(sink)) {}

  Result<> pkt(std::string_view data);
  Result<> flush_pkt();
  // What has been made into pkts already.
  Result<> raw(std::string_view pkts);
  // Hands on what is left.
  Result<> end();

 private:
  Result<> hand_on_when_full();

  Sink sink_;
  std::string piece_;
};

}  // namespace stagegate::mirror
