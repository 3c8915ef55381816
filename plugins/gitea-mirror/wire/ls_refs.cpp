#include "plugins/gitea-mirror/wire/ls_refs.hpp"

#include <utility>

#include "common/text/text.hpp"
#include "plugins/gitea-mirror/wire/ref_line.hpp"
#include "plugins/gitea-mirror/wire/ref_name.hpp"
#include "plugins/gitea-mirror/wire/refusal.hpp"

namespace stagegate::mirror {
namespace {

constexpr std::string_view kUnborn = "unborn ";

}  // namespace

Result<std::string> ls_refs_request(const Capabilities& offered,
                                    const std::vector<std::string_view>& prefixes) {
  if (!offered.has("ls-refs")) return unknown("the server offers no ls-refs");
  std::string out;
  append_pkt(out, "command=ls-refs\n");
  if (offered.has("agent")) append_pkt(out, text::cat(kAgent, "\n"));
  if (const auto format = offered.value("object-format")) {
    append_pkt(out, text::cat("object-format=", *format, "\n"));
  }
  append_delimiter(out);
  append_pkt(out, "symrefs\n");
  if (offered.lists("ls-refs", "unborn")) append_pkt(out, "unborn\n");
  append_pkt(out, "ref-prefix HEAD\n");
  for (const std::string_view prefix : prefixes) {
    append_pkt(out, text::cat("ref-prefix ", prefix, "\n"));
  }
  append_flush(out);
  return out;
}

LsRefsReader::LsRefsReader(HashFormat format, RefFilter keep) : keep_(std::move(keep)) {
  read_.refs = RefList(format);
}

Result<> LsRefsReader::feed(std::string_view bytes) {
  return pkts_.feed(bytes, [this](const Pkt& pkt) { return take(pkt); });
}

Result<Snapshot> LsRefsReader::finish() {
  if (!done_ || !pkts_.at_boundary()) {
    return unknown("the list of refs was cut off: the connection ended before its end");
  }
  return std::move(read_);
}

Result<> LsRefsReader::take(const Pkt& pkt) {
  // Over HTTP some servers say "response-end" too.
  if (done_ && pkt.kind == Pkt::Kind::response_end) return {};
  if (done_) return unknown("more came after the end of the list of refs");
  if (pkt.kind == Pkt::Kind::flush) {
    done_ = true;
    return read_.refs.sort();
  }
  if (pkt.kind != Pkt::Kind::data) return unknown("a pkt that has no place in a list of refs");
  std::string_view line = line_of(pkt);
  if (auto said = told_error(line)) return forward(*std::move(said));
  if (line.substr(0, kUnborn.size()) == kUnborn) {
    line.remove_prefix(kUnborn.size());
    const std::size_t blank = line.find(' ');
    if (blank == std::string_view::npos) return {};
    return take_attributes(line.substr(0, blank), line.substr(blank + 1));
  }
  const auto ref = parse_ref_line(line, read_.format());
  if (!ref) return forward(ref.error());
  if (ref->oid.is_zero()) return unknown(text::cat(text::quoted(ref->name), " has no object"));
  if (auto taken = take_attributes(ref->name, ref->rest); !taken) return taken;
  if (ref->name == "HEAD") {
    read_.head = ref->oid;
    return {};
  }
  if (keep_ && !keep_(ref->name)) return {};
  return read_.refs.add(ref->name, ref->oid);
}

// peeled: is not asked for, and what is not known is to be ignored.
Result<> LsRefsReader::take_attributes(std::string_view name, std::string_view attributes) {
  constexpr std::string_view kTarget = "symref-target:";
  if (name != "HEAD") return {};
  for (const std::string_view attribute : text::split(attributes, ' ')) {
    if (attribute.substr(0, kTarget.size()) != kTarget) continue;
    const std::string_view branch = attribute.substr(kTarget.size());
    if (is_ref_name(branch)) read_.head_branch = branch;
  }
  return {};
}

}  // namespace stagegate::mirror
