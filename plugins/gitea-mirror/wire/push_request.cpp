#include "plugins/gitea-mirror/wire/push_request.hpp"

#include <utility>

#include "common/text/text.hpp"

namespace stagegate::mirror {
namespace {

constexpr std::size_t kLongestOption = 1'000;

Result<> lacks(std::string_view what) {
  return fail(Failure::Kind::refused,
              text::cat("the target does not offer ", what, "; nothing was sent"));
}

Result<> check(const Capabilities& offered, const PushWish& wish) {
  if (wish.deletes && !offered.has("delete-refs")) return lacks("to delete refs (delete-refs)");
  if (wish.atomic && !offered.has("atomic")) return lacks("atomic pushes (atomic)");
  if (!wish.options.empty() && !offered.has("push-options")) {
    return lacks("push options (receive.advertisePushOptions)");
  }
  for (const std::string& option : wish.options) {
    const bool lines = option.find_first_of(std::string_view("\n\0", 2)) != std::string::npos;
    if (option.empty() || option.size() > kLongestOption || lines) {
      return usage(text::cat("a push option is one line of 1 to ", kLongestOption,
                             " bytes: ", text::quoted(option)));
    }
  }
  return {};
}

}  // namespace

Result<PushTerms> PushTerms::make(const Capabilities& offered, const PushWish& wish) {
  if (auto fits = check(offered, wish); !fits) return forward(std::move(fits.error()));
  PushTerms terms;
  // Without a report nobody would know which refs were taken.
  if (offered.has("report-status-v2")) {
    terms.words_ = " report-status-v2";
  } else if (offered.has("report-status")) {
    terms.words_ = " report-status";
  } else {
    return unknown("the target does not report what becomes of a push (report-status)");
  }
  // With side bands the target shows that it is alive while it works.
  terms.side_band_ = offered.has("side-band-64k");
  if (terms.side_band_) terms.words_ += " side-band-64k";
  if (offered.has("quiet")) terms.words_ += " quiet";
  if (wish.atomic) terms.words_ += " atomic";
  if (!wish.options.empty()) terms.words_ += " push-options";
  if (const auto format = offered.value("object-format")) {
    terms.words_ += text::cat(" object-format=", *format);
  }
  if (offered.has("agent")) terms.words_ += text::cat(" ", kAgent);
  terms.options_ = wish.options;
  return terms;
}

PushWriter::PushWriter(PushTerms terms, Sink sink)
    : terms_(std::move(terms)), out_(std::move(sink)) {}

Result<> PushWriter::add(const RefUpdate& update) {
  std::string line;
  update.old_id.append_hex(line);
  line += ' ';
  update.new_id.append_hex(line);
  line += text::cat(" ", update.name);
  if (std::exchange(first_, false)) {
    line += '\0';
    line += terms_.words_;
  }
  needs_pack_ = needs_pack_ || !update.deletes();
  return out_.pkt(line);
}

Result<> PushWriter::end() {
  auto written = out_.flush_pkt();
  for (const std::string& option : terms_.options_) {
    if (written) written = out_.pkt(option);
  }
  if (written && !terms_.options_.empty()) written = out_.flush_pkt();
  return written ? out_.end() : written;
}

std::string_view empty_pack(HashFormat format) {
  using namespace std::string_view_literals;
  return format == HashFormat::sha1
             ? "PACK\0\0\0\2\0\0\0\0"
               "\x02\x9d\x08\x82\x3b\xd8\xa8\xea\xb5\x10\xad\x6a\xc7\x5c\x82\x3c\xfd\x3e\xd3\x1e"sv
             : "PACK\0\0\0\2\0\0\0\0"
               "\x7e\xd8\x90\xd8\xa4\x57\x60\xf3\xee\xcf\x73\x04\x5b\x1d\x10\x47"
               "\x08\x5a\xf4\x77\x6d\xc6\x83\xd7\x8e\xac\x82\x20\x3d\xf1\x99\x3f"sv;
}

}  // namespace stagegate::mirror
