#include <deque>

#include "common/kube/freight_creation.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::kube;
using text::Json;

namespace {

const std::string kDigest = "sha256:" + std::string(64, 'a');

Freight wanted(std::string alias = "") {
  return {"p", "w", std::move(alias), {{"r.example/a", "t", kDigest}}, {}};
}

// As Kargo keeps it.
Json kept(const Freight& freight, const std::string& alias, const std::string& name = "n1") {
  Json json = freight_json(freight);
  json.set("alias", alias).set("metadata", Json().set("name", name));
  return json;
}

Freight other() {
  Freight freight = wanted();
  freight.images[0].tag = "u";
  return freight;
}

// Plays what a test has planned, and counts.
class Played : public Warehouses {
 public:
  std::deque<Result<>> creations;  // then: success
  bool keeps = true;               // whether a creation that fails was done all the same
  std::deque<Result<>> lists;      // likewise
  std::vector<Json> there;
  std::function<void()> while_creating;
  int created = 0;

  std::string_view way() const override { return "a test"; }
  void set_deadline(std::optional<std::chrono::milliseconds>) override {}
  Result<> refresh(const std::string&, const std::string&) override { return {}; }
  Result<Json> create_freight(const std::string&, const Json& freight) override {
    ++created;
    if (while_creating) while_creating();
    Json made = freight;
    made.set("metadata", Json().set("name", "n1"));
    if (made.text("alias").empty()) made.set("alias", "fancy-fox");
    const Result<> planned = next(creations);
    if (planned || keeps) there.push_back(made);
    if (!planned) return forward(planned.error());
    return made;
  }
  Result<> each_freight(const std::string&, const std::string& alias,
                        const std::function<void(const Json&)>& each) override {
    if (auto planned = next(lists); !planned) return planned;
    for (const Json& one : there) {
      if (alias.empty() || one.text("alias") == alias) each(one);
    }
    return {};
  }

 private:
  static Result<> next(std::deque<Result<>>& plan) {
    if (plan.empty()) return {};
    const Result<> first = plan.front();
    plan.pop_front();
    return first;
  }
};

tl::unexpected<Failure> failed(Failure::Kind kind, bool passing = false) {
  return forward({kind, "no", passing});
}

}  // namespace

TEST_CASE("Freight that is there already is not asked for") {
  Played kargo;
  kargo.there = {kept(wanted(), "fancy-fox")};
  const auto made = create_freight(kargo, wanted());
  REQUIRE(made);
  CHECK(made->was_there);
  CHECK(made->name == "n1");
  CHECK(made->alias == "fancy-fox");
  CHECK(kargo.created == 0);
}

TEST_CASE("Freight that is not there is made, and has the alias that Kargo chose") {
  Played kargo;
  kargo.there = {kept(other(), "old-owl", "n0")};
  const auto made = create_freight(kargo, wanted());
  REQUIRE(made);
  CHECK_FALSE(made->was_there);
  CHECK(made->alias == "fancy-fox");
}

TEST_CASE("whatever the answer was, what was done is done") {
  for (const auto& answer : {failed(Failure::Kind::unknown, true), failed(Failure::Kind::conflict),
                             failed(Failure::Kind::usage), failed(Failure::Kind::deadline)}) {
    for (const char* alias : {"", "c0ffee"}) {
      Played kargo;
      kargo.creations = {answer};
      const auto made = create_freight(kargo, wanted(alias));
      REQUIRE(made);
      CHECK(made->was_there);
      CHECK(kargo.created == 1);
    }
  }
}

TEST_CASE("the same Freight under another alias is found when Kargo says that it has it") {
  Played kargo;
  kargo.there = {kept(wanted(), "fancy-fox")};
  kargo.keeps = false;
  kargo.creations = {failed(Failure::Kind::conflict)};
  const auto made = create_freight(kargo, wanted("c0ffee"));
  REQUIRE(made);
  CHECK(made->alias == "fancy-fox");
}

TEST_CASE("an alias of other Freight is a conflict, and nothing is made") {
  Played kargo;
  kargo.there = {kept(other(), "c0ffee", "n0")};
  const auto made = create_freight(kargo, wanted("c0ffee"));
  REQUIRE_FALSE(made);
  CHECK(made.error().kind == Failure::Kind::conflict);
  CHECK_THAT(made.error().message, ContainsSubstring("r.example/a is u@"));
  CHECK(kargo.created == 0);
}

TEST_CASE("an alias that somebody else takes in between is a conflict, too") {
  Played kargo;
  kargo.keeps = false;
  kargo.creations = {failed(Failure::Kind::usage)};
  kargo.while_creating = [&] { kargo.there = {kept(other(), "c0ffee", "n0")}; };
  const auto made = create_freight(kargo, wanted("c0ffee"));
  REQUIRE_FALSE(made);
  CHECK(made.error().kind == Failure::Kind::conflict);
}

TEST_CASE("an answer that says no is the answer, when there is no such Freight") {
  for (const auto kind : {Failure::Kind::usage, Failure::Kind::unknown}) {
    Played kargo;
    kargo.keeps = false;
    kargo.creations = {failed(kind)};
    const auto made = create_freight(kargo, wanted());
    REQUIRE_FALSE(made);
    CHECK(made.error().kind == kind);
    CHECK_FALSE(made.error().passing);
  }
}

TEST_CASE("what nobody knows is left open for another try") {
  Played kargo;
  kargo.keeps = false;
  kargo.creations = {failed(Failure::Kind::unknown, true)};
  auto made = create_freight(kargo, wanted());
  REQUIRE_FALSE(made);
  CHECK(made.error().passing);

  Played silent;  // it was made, and then nobody answers any more
  silent.creations = {failed(Failure::Kind::unknown, true)};
  silent.lists = {Result<>(), failed(Failure::Kind::unknown, true)};
  made = create_freight(silent, wanted());
  REQUIRE_FALSE(made);
  CHECK(made.error().passing);
  CHECK(create_freight(silent, wanted())->was_there);
  CHECK(silent.created == 1);
}

TEST_CASE("without a look nothing is made") {
  Played kargo;
  kargo.lists = {failed(Failure::Kind::unknown)};
  CHECK_FALSE(create_freight(kargo, wanted()));
  CHECK(kargo.created == 0);
}
