#include "plugins/gitea-mirror/wire/fetch_request.hpp"

#include <utility>

#include "common/text/text.hpp"

namespace stagegate::mirror {
namespace {

void list_when(bool wished, std::string& out, std::string_view word) {
  if (wished) out += text::cat(" ", word);
}

// Without side bands nobody can tell the end of the pack from a connection that broke.
Result<std::string> words_v0(const Advertisement& source, const FetchWish& wish) {
  const Capabilities& offered = source.capabilities;
  if (!offered.has("side-band-64k")) {
    return unknown("the source is too old: it does not offer side-band-64k");
  }
  if (!wish.filter.empty() && !offered.has("filter")) {
    return unknown("the source does not filter (uploadpack.allowFilter)");
  }
  std::string words = " side-band-64k";
  list_when(wish.thin && offered.has("thin-pack"), words, "thin-pack");
  list_when(wish.ofs_delta && offered.has("ofs-delta"), words, "ofs-delta");
  list_when(offered.has("no-progress"), words, "no-progress");
  list_when(!wish.filter.empty(), words, "filter");
  if (const auto format = offered.value("object-format")) {
    words += text::cat(" object-format=", *format);
  }
  list_when(offered.has("agent"), words, kAgent);
  return words;
}

Result<std::string> lines_v2(const Advertisement& source, const FetchWish& wish) {
  const Capabilities& offered = source.capabilities;
  if (!offered.has("fetch")) return unknown("the source offers no fetch");
  if (!wish.filter.empty() && !offered.lists("fetch", "filter")) {
    return unknown("the source does not filter (uploadpack.allowFilter)");
  }
  std::string lines;
  append_pkt(lines, "command=fetch\n");
  if (offered.has("agent")) append_pkt(lines, text::cat(kAgent, "\n"));
  if (const auto format = offered.value("object-format")) {
    append_pkt(lines, text::cat("object-format=", *format, "\n"));
  }
  append_delimiter(lines);
  if (wish.thin) append_pkt(lines, "thin-pack\n");
  if (wish.ofs_delta) append_pkt(lines, "ofs-delta\n");
  append_pkt(lines, "no-progress\n");
  if (!wish.filter.empty()) append_pkt(lines, text::cat("filter ", wish.filter, "\n"));
  return lines;
}

Result<> write_all(std::string_view word, const OidList& oids, std::size_t first,
                   PieceWriter& out) {
  for (std::size_t at = first; at < oids.size(); ++at) {
    if (auto written = out.pkt(text::cat(word, " ", oids[at].hex(), "\n")); !written) {
      return written;
    }
  }
  return {};
}

}  // namespace

FetchWish FetchWish::for_target(const Capabilities& target) {
  return {.thin = !target.has("no-thin"), .ofs_delta = target.has("ofs-delta")};
}

Result<FetchRequest> FetchRequest::make(const Advertisement& source, const FetchWish& wish) {
  auto capabilities = source.version == 2 ? lines_v2(source, wish) : words_v0(source, wish);
  if (!capabilities) return forward(std::move(capabilities.error()));
  FetchRequest request;
  request.version_ = source.version;
  request.capabilities_ = *std::move(capabilities);
  request.wish_ = wish;
  request.answers_questions_ = source.version == 2
                                   ? source.capabilities.lists("fetch", "wait-for-done")
                                   : source.capabilities.has("multi_ack_detailed");
  return request;
}

Result<> FetchRequest::write(const OidList& wants, const OidList& haves, const Sink& sink) const {
  PieceWriter out(sink);
  auto written =
      version_ == 2 ? write_v2(wants, haves, false, out) : write_v0(wants, haves, false, out);
  return written ? out.end() : written;
}

Result<> FetchRequest::write_question(const OidList& wants, const OidList& haves,
                                      const Sink& sink) const {
  if (!answers_questions_) {
    return unknown(
        "the source cannot be asked which commits it knows (it offers neither"
        " wait-for-done nor multi_ack_detailed)");
  }
  PieceWriter out(sink);
  auto written =
      version_ == 2 ? write_v2(wants, haves, true, out) : write_v0(wants, haves, true, out);
  return written ? out.end() : written;
}

// Wants, flush, all haves, done: one round, since there is no multi_ack in it.
Result<> FetchRequest::write_v0(const OidList& wants, const OidList& haves, bool question,
                                PieceWriter& out) const {
  std::string first = text::cat("want ", wants[0].hex(), capabilities_);
  if (question) first += " multi_ack_detailed";
  auto written = out.pkt(first + "\n");
  if (written) written = write_all("want", wants, 1, out);
  if (written && !wish_.filter.empty()) written = out.pkt(text::cat("filter ", wish_.filter, "\n"));
  if (written) written = out.flush_pkt();
  if (written) written = write_all("have", haves, 0, out);
  if (!written) return written;
  return question ? out.flush_pkt() : out.pkt("done\n");
}

// With done there is no section of acknowledgments; without it, and with wait-for-done, nothing
// else.
Result<> FetchRequest::write_v2(const OidList& wants, const OidList& haves, bool question,
                                PieceWriter& out) const {
  auto written = out.raw(capabilities_);
  if (written && question) written = out.pkt("wait-for-done\n");
  if (written) written = write_all("want", wants, 0, out);
  if (written) written = write_all("have", haves, 0, out);
  if (written && !question) written = out.pkt("done\n");
  return written ? out.flush_pkt() : written;
}

bool hands_out_any(const Advertisement& source) {
  if (source.version == 2) return true;
  return source.capabilities.has("allow-any-sha1-in-want") ||
         source.capabilities.has("allow-reachable-sha1-in-want");
}

}  // namespace stagegate::mirror
