// Short ways to write pkt-lines and repositories in tests.
#pragma once

#include <algorithm>
#include <deque>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plugins/gitea-mirror/wire/oid.hpp"
#include "plugins/gitea-mirror/wire/pkt_line.hpp"
#include "plugins/gitea-mirror/wire/snapshot.hpp"

namespace stagegate::mirror {

inline const std::string kFlush = "0000";
inline const std::string kDelimiter = "0001";

inline std::string pkt(std::string_view data) {
  std::string out;
  append_pkt(out, data);
  return out;
}

// "aaaa...": an object id of one digit.
inline std::string hex(char digit, std::size_t digits = 40) {
  return std::string(digits, digit);
}
inline Oid oid(char digit, std::size_t digits = 40) {
  return *Oid::parse(hex(digit, digits));
}
inline Oid oid(int number) {
  std::string digits = std::to_string(number);
  return *Oid::parse(std::string(40 - digits.size(), '0') + digits);
}

inline std::string band(char number, std::string_view data) {
  return pkt(std::string(1, number) + std::string(data));
}

struct At {
  std::string name;
  Oid oid;
};

inline Snapshot snapshot(const std::vector<At>& refs, std::string head = "refs/heads/main",
                         HashFormat format = HashFormat::sha1) {
  Snapshot made;
  made.refs = RefList(format);
  for (const At& ref : refs) {
    if (!made.refs.add(ref.name, ref.oid)) throw std::logic_error("no ref: " + ref.name);
  }
  if (!made.refs.sort()) throw std::logic_error("a ref is there twice");
  made.head_branch = std::move(head);
  return made;
}

// One that lives as long as the test: a plan looks at it again.
inline const Snapshot& kept(const std::vector<At>& refs, std::string head = "refs/heads/main",
                            HashFormat format = HashFormat::sha1) {
  static std::deque<Snapshot> all;
  return all.emplace_back(snapshot(refs, std::move(head), format));
}

// Feeds in pieces of every size: what a reader makes of bytes must not depend on how they come.
template <class Reader>
Result<> feed_by(Reader& reader, std::string_view bytes, std::size_t piece) {
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    if (auto fed = reader.feed(bytes.substr(0, piece)); !fed) return fed;
  }
  return {};
}

}  // namespace stagegate::mirror
