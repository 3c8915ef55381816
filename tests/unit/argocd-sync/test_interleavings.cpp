// A small model of Argo CD's controller, of the cluster behind it, and of the people beside us, in
// random order: the judge must never believe that our tag runs when it does not, and must find out
// when it does.
#include <random>

#include "common/text/text.hpp"
#include "plugins/argocd-sync/watch/judge.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::argocd;
using Kind = Judgement::Kind;

namespace {

const time::Instant kBegin = time::parse_instant("2026-08-24T12:00:00Z").value();

std::string image(int tag) {
  return text::cat("registry.example/query-api:", tag);
}

text::Json source(int tag) {
  return text::Json().set("repoURL", "r").set("tag", tag);
}

// What is really so.
struct Truth {
  int asked = 1;    // the tag in the specification
  int applied = 1;  // the tag in the cluster's objects
  int running = 1;  // the tag of all pods; 0: old and new ones
  bool healthy = true;
  bool operator==(const Truth&) const = default;
};

enum class World { benign, hostile };

class Model {
 public:
  Model(World world, unsigned seed) : world_(world), dice_(seed) {
    compare_begin();
    compare_end();
    // Our change and our operation, as one request.
    truth_.asked = 2;
    ask("ours", 2);
  }

  void step() {
    now_ += milliseconds(between(1, 1'500));
    switch (between(0, 9)) {
      case 0:
      case 1:
        return operate();
      case 2:
      case 3:
        return comparing_ ? compare_end() : compare_begin();
      case 4:
      case 5:
        return roll_out();
      case 6:
        return restart();
      case 7:
        if (refresh_ && !comparing_) compare_begin();
        return;
      default:
        if (world_ == World::hostile && between(0, 7) == 0) disturb();
    }
  }

  // A refresh is lost while an operation runs (argo-cd#28306), and now and then otherwise.
  void refresh() { refresh_ = !running_ && between(0, 3) > 0; }

  const Application& shown() const { return app_; }
  milliseconds now() const { return now_; }
  // Whether our tag was what ran when the shown comparison began.
  bool was_good() const { return compared_ == Truth{2, 2, 2, true}; }

 private:
  int between(int least, int most) {
    return std::uniform_int_distribution<int>(least, most)(dice_);
  }
  time::Instant second() const {
    return kBegin + std::chrono::duration_cast<std::chrono::seconds>(now_);
  }

  void ask(const std::string& run, int tag) {
    Operation operation;
    operation.run = run;
    operation.automated = run.empty();
    app_.operation = operation;
    app_.state.reset();
    operation_tag_ = tag;
    running_ = false;
    show();
  }

  void operate() {
    if (!app_.operation) return;
    if (!running_) {
      OperationState state;
      state.phase = Phase::running;
      state.operation = *app_.operation;
      state.started_at = time::rfc3339(second());
      if (world_ == World::hostile && between(0, 9) == 0) state.operation.partial = true;
      app_.state = state;
      running_ = true;
      return show();
    }
    OperationState& state = *app_.state;
    state.finished_at = second();
    const bool fails = world_ == World::hostile && between(0, 9) == 0;
    state.phase = fails ? Phase::failed : Phase::succeeded;
    // A partial one leaves the workload as it is, and says that it has succeeded all the same.
    if (!fails && !state.operation.partial) apply(operation_tag_);
    app_.operation.reset();
    running_ = false;
    show();
  }

  void apply(int tag) {
    if (truth_.applied == tag) return;
    truth_.applied = tag;
    if (deaf_chart_) return;  // it does not read the tag from where it was set
    truth_.running = 0;
    truth_.healthy = false;
  }

  void roll_out() {
    if (deaf_chart_ || (truth_.running == truth_.applied && truth_.healthy)) return;
    // A bad build never gets well; a good one may need some tries.
    if (world_ == World::hostile && truth_.applied == 2 && bad_build_) return;
    if (between(0, 2) > 0) return;
    truth_.running = truth_.applied;
    truth_.healthy = true;
  }

  void compare_begin() {
    comparing_ = true;
    refresh_ = false;
    begun_ = second();
    seen_ = truth_;
  }

  void compare_end() {
    comparing_ = false;
    compared_ = seen_;
    app_.reconciled_at = begun_;
    app_.compared = {source(seen_.asked)};
    app_.sync = seen_.asked == seen_.applied ? Sync::synced : Sync::out_of_sync;
    app_.health = seen_.healthy ? Health::healthy : Health::progressing;
    app_.revisions = {"abc"};
    app_.images = {image(seen_.running == 0 ? 1 : seen_.running)};
    if (seen_.running == 0) app_.images.push_back(image(seen_.applied));
    show();
  }

  void restart() {
    if (between(0, 3) > 0) return;
    comparing_ = false;
    refresh_ = false;
  }

  // Other people, other programs.
  void disturb() {
    switch (between(0, 3)) {
      case 0:  // puts the old tag back
        truth_.asked = 1;
        return show();
      case 1:  // syncs, too
        if (!app_.operation) ask("theirs", truth_.asked);
        return;
      case 2:  // auto-sync
        if (!app_.operation) ask("", truth_.asked);
        return;
      default:  // changes the cluster by hand
        apply(1);
    }
  }

  void show() { app_.sources = {source(truth_.asked)}; }

  World world_;
  std::mt19937 dice_;
  milliseconds now_{0};
  Truth truth_;
  Truth seen_;      // by the comparison that is being made
  Truth compared_;  // by the one that is shown
  time::Instant begun_{};
  bool comparing_ = false;
  bool refresh_ = false;
  bool running_ = false;
  int operation_tag_ = 0;
  bool bad_build_ = between(0, 4) == 0;
  bool deaf_chart_ = world_ == World::hostile && between(0, 9) == 0;
  Application app_;
};

Goal goal() {
  Goal goal;
  goal.run = "ours";
  goal.images = {image(2)};
  goal.reverted = [](const Application& app) {
    return app.sources.front() == source(2) ? "" : "somebody put another tag there";
  };
  return goal;
}

constexpr int kHistories = 10'000;

}  // namespace

TEST_CASE("in whatever order things happen, a success is never believed that is none") {
  int successes = 0;
  for (unsigned seed = 0; seed < kHistories; ++seed) {
    Model model(World::hostile, seed);
    Patience patience;
    // The rules have to hold without the time that is given to what they do not see.
    if (seed % 2 == 0) patience.settle = milliseconds(0);
    Judge judge(goal(), patience);
    for (int step = 0; step < 400; ++step) {
      model.step();
      const auto judgement = judge.judge(model.shown(), model.now());
      if (judgement.ask != Judgement::Ask::nothing) model.refresh();
      if (!judgement.over()) continue;
      INFO("seed " << seed << ", step " << step << ": " << judgement.words);
      if (judgement.kind == Kind::success) {
        REQUIRE(model.was_good());
        ++successes;
      }
      break;
    }
  }
  CHECK(successes > kHistories / 10);
}

TEST_CASE("in whatever order things happen, a success is found when there is one") {
  for (unsigned seed = 0; seed < kHistories; ++seed) {
    Model model(World::benign, seed);
    Judge judge(goal(), {});
    Kind kind = Kind::waiting;
    for (int step = 0; step < 1'000 && kind == Kind::waiting; ++step) {
      model.step();
      const auto judgement = judge.judge(model.shown(), model.now());
      if (judgement.ask != Judgement::Ask::nothing) model.refresh();
      kind = judgement.kind;
      INFO("seed " << seed << ", step " << step << ": " << judgement.words);
      REQUIRE((kind == Kind::waiting || kind == Kind::success));
    }
    INFO("seed " << seed);
    REQUIRE(kind == Kind::success);
  }
}
