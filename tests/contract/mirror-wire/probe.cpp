// The mirror's protocol as a program that a test can run between two gits. Answers of servers come
// on stdin, in pieces of odd sizes; what is made of them goes to stdout.
//
//   probe advertisement upload-pack|receive-pack          -> JSON
//   probe ls-refs-request            (an advertisement)   -> bytes
//   probe ls-refs FORMAT                                  -> JSON
//   probe plan SOURCE_ADVERTISEMENT SOURCE_LIST TARGET_ADVERTISEMENT [PIN_REF PIN_OID]
//                                    SOURCE_LIST is - in version 0                  -> JSON
//   probe fetch-request ADVERTISEMENT [question] [no-thin] (want OID, have OID)     -> bytes
//   probe fetch VERSION                                   -> the pack
//   probe known VERSION FORMAT                            -> JSON
//   probe push-request ADVERTISEMENT [atomic] [OPTION]    (OLD NEW NAME)            -> bytes
//   probe empty-pack FORMAT                               -> bytes
//   probe report                                          -> JSON
//
// A failure is its message on stderr and 1.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "common/text/json.hpp"
#include "common/text/text.hpp"
#include "plugins/gitea-mirror/plan/bases.hpp"
#include "plugins/gitea-mirror/plan/foreign.hpp"
#include "plugins/gitea-mirror/plan/plan.hpp"
#include "plugins/gitea-mirror/wire/advertisement.hpp"
#include "plugins/gitea-mirror/wire/fetch_request.hpp"
#include "plugins/gitea-mirror/wire/fetch_response.hpp"
#include "plugins/gitea-mirror/wire/ls_refs.hpp"
#include "plugins/gitea-mirror/wire/push_request.hpp"
#include "plugins/gitea-mirror/wire/ref_name.hpp"
#include "plugins/gitea-mirror/wire/refusal.hpp"
#include "plugins/gitea-mirror/wire/report_status.hpp"

namespace {

using namespace stagegate;
using namespace stagegate::mirror;
using text::Json;
using Words = std::vector<std::string>;

std::string read_all(std::istream& in) {
  return {std::istreambuf_iterator<char>(in), {}};
}

template <class Reader>
Result<> feed(Reader& reader, std::string_view bytes) {
  for (std::size_t piece = 1; !bytes.empty(); piece = piece * 7 % 60'013 + 1) {
    if (auto fed = reader.feed(bytes.substr(0, piece)); !fed) return fed;
    bytes.remove_prefix(std::min(piece, bytes.size()));
  }
  return {};
}

Result<Advertisement> advertisement(std::string_view bytes, Service service) {
  AdvertisementReader reader(service, is_branch_or_tag);
  if (auto fed = feed(reader, bytes); !fed) return forward(fed.error());
  return reader.finish();
}

Result<Advertisement> advertisement_in(const std::string& path, Service service) {
  std::ifstream file(path, std::ios::binary);
  return advertisement(read_all(file), service);
}

Result<Snapshot> listed(std::string_view bytes, HashFormat format) {
  LsRefsReader reader(format, is_branch_or_tag);
  if (auto fed = feed(reader, bytes); !fed) return forward(fed.error());
  return reader.finish();
}

Json shown(const OidList& oids) {
  Json out{Json::Array{}};
  for (std::size_t at = 0; at < oids.size(); ++at) out.push(oids[at].hex());
  return out;
}

Json shown(const Snapshot& snapshot) {
  Json refs{Json::Object{}};
  for (std::size_t at = 0; at < snapshot.refs.size(); ++at) {
    refs.set(std::string(snapshot.refs.name(at)), snapshot.refs.oid(at).hex());
  }
  return Json()
      .set("refs", refs)
      .set("head_branch", snapshot.head_branch)
      .set("head", snapshot.head ? Json(snapshot.head->hex()) : Json())
      .set("format", name_of(snapshot.format()))
      .set("shallow", snapshot.shallow);
}

Result<std::string> show_advertisement(const Words& words) {
  const auto service = words.at(1) == "upload-pack" ? Service::upload_pack : Service::receive_pack;
  const auto read = advertisement(read_all(std::cin), service);
  if (!read) return forward(read.error());
  return shown(read->snapshot)
      .set("version", read->version)
      .set("haves", shown(read->haves))
      .dump();
}

Result<std::string> ask_for_refs() {
  const auto source = advertisement(read_all(std::cin), Service::upload_pack);
  if (!source) return forward(source.error());
  return ls_refs_request(source->capabilities, {kHeads, kTags});
}

Json shown(const Plan& plan, const std::vector<Change>& changes) {
  Json out{Json::Array{}};
  for (const Change& change : changes) {
    const RefUpdate update = plan.update(change);
    out.push(text::cat(update.old_id.hex(), " ", update.new_id.hex(), " ", update.name));
  }
  return out;
}

Result<std::string> plan(const Words& words) {
  auto source = advertisement_in(words.at(1), Service::upload_pack);
  const auto target = advertisement_in(words.at(3), Service::receive_pack);
  if (!source) return forward(source.error());
  if (!target) return forward(target.error());
  if (source->version == 2) {
    std::ifstream file(words.at(2), std::ios::binary);
    auto snapshot = listed(read_all(file), source->snapshot.format());
    if (!snapshot) return forward(snapshot.error());
    source->snapshot = *std::move(snapshot);
  }
  PlanSettings settings{.selection = *Selection::make({}, {}), .max_delete = 1'000};
  if (words.size() > 5) settings.pins = {{words[4], *Oid::parse(words[5])}};
  const auto made = Plan::make(source->snapshot, target->snapshot, settings);
  if (!made) return forward(made.error());
  const Bases bases = bases_of(*made, made->updates, target->haves);
  return Json()
      .set("clearing", shown(*made, made->clearing))
      .set("updates", shown(*made, made->updates))
      .set("deletions", shown(*made, made->deletions))
      .set("wants", shown(bases.wants))
      .set("haves", shown(bases.haves))
      .set("doubtful", shown(doubtful(*made)))
      .dump();
}

Sink into(std::string& out) {
  return [&out](std::string_view bytes) -> Result<> {
    out += bytes;
    return {};
  };
}

bool has(const Words& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

Result<std::string> ask_for_pack(const Words& words) {
  const auto source = advertisement_in(words.at(1), Service::upload_pack);
  if (!source) return forward(source.error());
  const auto request = FetchRequest::make(*source, {.thin = !has(words, "no-thin")});
  if (!request) return forward(request.error());
  OidList wants(source->snapshot.format());
  OidList haves(source->snapshot.format());
  std::string word;
  std::string oid;
  while (std::cin >> word >> oid) (word == "want" ? wants : haves).add(*Oid::parse(oid));
  std::string out;
  const auto written = has(words, "question") ? request->write_question(wants, haves, into(out))
                                              : request->write(wants, haves, into(out));
  if (!written) return forward(written.error());
  return out;
}

Result<std::string> take_pack(const Words& words) {
  std::string pack;
  FetchReader reader(std::stoi(words.at(1)), into(pack),
                     [](std::string_view line) { std::cerr << "remote: " << line << "\n"; });
  if (auto fed = feed(reader, read_all(std::cin)); !fed) return forward(fed.error());
  if (auto ended = reader.finish(); !ended) return forward(ended.error());
  return pack;
}

Result<std::string> take_known(const Words& words) {
  AcknowledgmentReader reader(std::stoi(words.at(1)), *hash_format_of(words.at(2)));
  if (auto fed = feed(reader, read_all(std::cin)); !fed) return forward(fed.error());
  const auto known = reader.finish();
  if (!known) return forward(known.error());
  return shown(*known).dump();
}

Result<std::string> push(const Words& words) {
  const auto target = advertisement_in(words.at(1), Service::receive_pack);
  if (!target) return forward(target.error());
  PushWish wish{.atomic = has(words, "atomic"), .deletes = true};
  if (!wish.atomic && words.size() > 2) wish.options = {words.begin() + 2, words.end()};
  const auto terms = PushTerms::make(target->capabilities, wish);
  if (!terms) return forward(terms.error());
  std::string out;
  PushWriter writer(*terms, into(out));
  std::string old_id;
  std::string new_id;
  std::string name;
  while (std::cin >> old_id >> new_id && std::getline(std::cin >> std::ws, name)) {
    if (auto added = writer.add({name, *Oid::parse(old_id), *Oid::parse(new_id)}); !added) {
      return forward(added.error());
    }
  }
  if (auto ended = writer.end(); !ended) return forward(ended.error());
  return out;
}

Result<std::string> take_report() {
  Remarks remarks;
  std::vector<std::pair<std::string, std::string>> refused;
  Json taken{Json::Array{}};
  ReportReader reader(
      true,
      [&](const RefStatus& status) {
        if (status.taken) {
          taken.push(status.name);
        } else {
          refused.emplace_back(status.name, status.reason);
        }
      },
      [&](std::string_view line) { remarks.add(line); });
  if (auto fed = feed(reader, read_all(std::cin)); !fed) return forward(fed.error());
  reader.finish();
  Json reasons{Json::Object{}};
  for (const auto& [name, reason] : refused) {
    const Refusal refusal = classify(reason, remarks);
    reasons.set(name, Json()
                          .set("reason", reason)
                          .set("kind", name_of(refusal.kind))
                          .set("retryable", refusal.retryable)
                          .set("for_all", refusal.for_all));
  }
  return Json()
      .set("ending", static_cast<int>(reader.ending()))
      .set("unpack", reader.unpack_trouble())
      .set("unpack_kind", name_of(classify_unpack(reader.unpack_trouble(), remarks).kind))
      .set("taken", taken)
      .set("refused", reasons)
      .set("remarks", text::join(remarks.lines(), "\n"))
      .dump();
}

Result<std::string> run(const Words& words) {
  const std::string& verb = words.at(0);
  if (verb == "advertisement") return show_advertisement(words);
  if (verb == "ls-refs-request") return ask_for_refs();
  if (verb == "plan") return plan(words);
  if (verb == "fetch-request") return ask_for_pack(words);
  if (verb == "fetch") return take_pack(words);
  if (verb == "known") return take_known(words);
  if (verb == "push-request") return push(words);
  if (verb == "empty-pack") return std::string(empty_pack(*hash_format_of(words.at(1))));
  if (verb == "report") return take_report();
  if (verb != "ls-refs") return usage(verb);
  const auto snapshot = listed(read_all(std::cin), *hash_format_of(words.at(1)));
  if (!snapshot) return forward(snapshot.error());
  return shown(*snapshot).dump();
}

}  // namespace

int main(int argc, char** argv) {
  const auto out = run({argv + 1, argv + argc});
  if (!out) {
    std::cerr << out.error().message << "\n";
    return 1;
  }
  std::cout << *out;
  return 0;
}
