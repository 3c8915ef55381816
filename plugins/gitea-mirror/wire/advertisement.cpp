#include "plugins/gitea-mirror/wire/advertisement.hpp"

#include <utility>

#include "common/text/text.hpp"
#include "plugins/gitea-mirror/wire/ref_line.hpp"
#include "plugins/gitea-mirror/wire/ref_name.hpp"
#include "plugins/gitea-mirror/wire/refusal.hpp"

namespace stagegate::mirror {
namespace {

constexpr std::size_t kMostHaves = 10'000;  // enough for good deltas; the rest is not needed
constexpr std::string_view kServiceLine = "# service=";

bool begins_with(std::string_view text, std::string_view beginning) {
  return text.substr(0, beginning.size()) == beginning;
}

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

Result<> broken(std::string_view what) {
  return unknown(text::cat("the server's first answer is not git's: ", what));
}

}  // namespace

AdvertisementReader::AdvertisementReader(Service service, RefFilter keep)
    : service_(service), keep_(std::move(keep)) {}

Result<> AdvertisementReader::feed(std::string_view bytes) {
  return pkts_.feed(bytes, [this](const Pkt& pkt) { return take(pkt); });
}

Result<Advertisement> AdvertisementReader::finish() {
  if (!done() || !pkts_.at_boundary()) {
    return unknown("the list of refs was cut off: the connection ended before its end");
  }
  return std::move(read_);
}

Result<> AdvertisementReader::take(const Pkt& pkt) {
  if (done()) return broken("more came after its end");
  if (pkt.kind == Pkt::Kind::flush) return take_flush();
  if (pkt.kind != Pkt::Kind::data) return broken("a pkt that has no place in it");
  const std::string_view line = line_of(pkt);
  if (auto said = told_error(line)) return forward(*std::move(said));
  switch (state_) {
    case State::start:
      if (begins_with(line, kServiceLine)) {
        if (line.substr(kServiceLine.size()) != name_of(service_)) {
          return broken(text::cat(text::quoted(line), " instead of ", name_of(service_)));
        }
        state_ = State::after_service;
        return {};
      }
      return take_first(line);
    case State::after_service:
      return broken("no flush-pkt after \"# service\"");
    case State::first:
      return take_first(line);
    case State::first_ref:
      return take_first_ref(line);
    case State::refs:
      return take_ref(line);
    case State::capabilities:
      return take_capability(line);
    case State::done:
      break;
  }
  return {};
}

Result<> AdvertisementReader::take_flush() {
  if (state_ == State::after_service) {
    state_ = State::first;
    return {};
  }
  if (state_ == State::capabilities) {
    const auto format = read_.capabilities.format();
    if (!format) return forward(format.error());
    read_.snapshot.refs = RefList(*format);
    read_.haves = OidList(*format);
  }
  state_ = State::done;
  return read_.snapshot.refs.sort();
}

Result<> AdvertisementReader::take_first(std::string_view line) {
  if (line == "version 2" && service_ == Service::upload_pack) {
    read_.version = 2;
    state_ = State::capabilities;
    return {};
  }
  if (line == "version 1") {
    read_.version = 1;
    state_ = State::first_ref;
    return {};
  }
  if (begins_with(line, "version ")) {
    return broken(text::cat("it speaks ", text::quoted(line), ", which was not asked for"));
  }
  return take_first_ref(line);
}

// "<id> <name>\0<capabilities>"; a repository without refs has one that is called capabilities^{}.
Result<> AdvertisementReader::take_first_ref(std::string_view line) {
  const std::size_t zero = line.find('\0');
  if (zero == std::string_view::npos) {
    return broken(text::cat("no capabilities in ", text::quoted(line)));
  }
  read_.capabilities = Capabilities::of_line(line.substr(zero + 1));
  const auto format = read_.capabilities.format();
  if (!format) return forward(format.error());
  read_.snapshot.refs = RefList(*format);
  read_.haves = OidList(*format);
  for (const std::string_view symref : read_.capabilities.values("symref")) {
    if (!begins_with(symref, "HEAD:") || !is_ref_name(symref.substr(5))) continue;
    read_.snapshot.head_branch = symref.substr(5);
  }
  state_ = State::refs;
  return take_ref(line.substr(0, zero));
}

Result<> AdvertisementReader::take_ref(std::string_view line) {
  if (begins_with(line, "shallow ")) {
    read_.snapshot.shallow = true;
    return {};
  }
  const auto ref = parse_ref_line(line, read_.snapshot.format());
  if (!ref) return forward(ref.error());
  if (!ref->rest.empty()) return broken(text::cat("a blank in a ref: ", text::quoted(line)));
  // ^{} is what a tag points to, or no ref at all (capabilities^{}).
  if (ends_with(ref->name, "^{}")) return {};
  if (ref->oid.is_zero()) return broken(text::cat(text::quoted(ref->name), " has no object"));
  if (ref->name == ".have") {
    if (read_.haves.size() < kMostHaves) read_.haves.add(ref->oid);
    return {};
  }
  if (ref->name == "HEAD") {
    read_.snapshot.head = ref->oid;
    return {};
  }
  if (keep_ && !keep_(ref->name)) return {};
  return read_.snapshot.refs.add(ref->name, ref->oid);
}

Result<> AdvertisementReader::take_capability(std::string_view line) {
  if (!read_.capabilities.add(line)) return broken("more capabilities than any server has");
  return {};
}

}  // namespace stagegate::mirror
