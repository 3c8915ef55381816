#include "plugins/argocd-sync/run/fleet.hpp"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>

#include "common/log/log.hpp"
#include "common/step/progress.hpp"
#include "common/text/duration.hpp"
#include "common/text/text.hpp"
#include "plugins/argocd-sync/run/deployment.hpp"

namespace stagegate::argocd {
namespace {

using text::cat;
using Kind = Ending::Kind;

// What all of them wait for, told by their threads and shown by one.
class Board {
 public:
  Board(const Tools& tools, const step::Run& run)
      : tools_(tools), progress_(run.terminal, tools.options.watch.heartbeat) {}

  void say(const std::string& app, const std::string& words) {
    const std::lock_guard lock(mutex_);
    awaited_[app] = words;
    changed_.notify_all();
  }

  void over(const std::string& app) {
    const std::lock_guard lock(mutex_);
    awaited_.erase(app);
    ++over_;
    changed_.notify_all();
  }

  void show_until_over(std::size_t all) {
    std::unique_lock lock(mutex_);
    while (over_ < all) {
      const milliseconds now = tools_.clock.uptime();
      if (!awaited_.empty()) progress_.show(state(), countdown(now), now);
      changed_.wait_for(lock, std::max(progress_.next(now), milliseconds(100)));
    }
    progress_.end();
  }

 private:
  std::string state() const {
    std::vector<std::string> parts;
    for (const auto& [app, words] : awaited_) parts.push_back(cat(app, " waits ", words));
    return text::join(parts, "; ");
  }

  std::string countdown(milliseconds now) const {
    const auto left = std::max(tools_.deadline - now, milliseconds(0));
    return cat("gives up in ",
               text::spoken_duration(std::chrono::duration_cast<std::chrono::seconds>(left)));
  }

  const Tools& tools_;
  step::Progress progress_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::string> awaited_;
  std::size_t over_ = 0;
};

Ending not_done(Kind kind, std::string words) {
  Ending ending;
  ending.kind = kind;
  ending.words = std::move(words);
  return ending;
}

bool is_worth_a_rollback(const Ending& ending) {
  const bool bad = ending.kind == Kind::failed || ending.kind == Kind::paused ||
                   ending.kind == Kind::timeout || ending.kind == Kind::lost;
  return bad && ending.started;
}

// The tag that was there takes the same way as the new one.
void roll_back(const Tools& tools, const std::string& app, Ending& ending) {
  if (!tools.options.rollback_on_failure || !is_worth_a_rollback(ending)) return;
  if (ending.before.empty()) {
    ending.rollback = std::make_shared<const Ending>(
        not_done(Kind::skipped, "it is not known which one tag was there before"));
    return;
  }
  log::warning(cat(app, ": ", ending.words, "; rolling back to ", ending.before));
  Tools again = tools;
  again.run = cat(tools.run, ".rollback");
  again.takes_back = tools.run;
  again.deadline = tools.clock.uptime() + tools.options.rollback_timeout;
  ending.rollback = std::make_shared<const Ending>(deploy(again, app, ending.before));
}

// On a thread of its own: whatever gets out of here ends the program without a word.
Ending deploy_one(const Tools& tools, const std::string& app) {
  try {
    Ending ending = deploy(tools, app, tools.options.tag.text);
    roll_back(tools, app, ending);
    return ending;
  } catch (const std::exception& exception) {
    return not_done(Kind::unknown, cat("internal error: ", exception.what()));
  }
}

void deploy_in_order(const Tools& tools, Board& board, std::vector<Ending>& endings) {
  bool on = true;
  for (std::size_t at = 0; at < endings.size(); ++at) {
    const std::string& app = tools.options.apps[at];
    if (on) {
      endings[at] = deploy_one(tools, app);
    } else {
      endings[at] = not_done(Kind::skipped, "one before it did not succeed");
    }
    on = on && endings[at].kind == Kind::success;
    board.over(app);
  }
}

}  // namespace

std::vector<Ending> deploy_all(Tools tools, const step::Run& run) {
  std::vector<Ending> endings(tools.options.apps.size());
  Board board(tools, run);
  tools.say = [&board](const std::string& app, const std::string& words) { board.say(app, words); };
  std::vector<std::thread> threads;
  if (tools.options.order == Order::sequence) {
    threads.emplace_back([&] { deploy_in_order(tools, board, endings); });
  } else {
    for (std::size_t at = 0; at < endings.size(); ++at) {
      const auto work = [&, at] {
        endings[at] = deploy_one(tools, tools.options.apps[at]);
        board.over(tools.options.apps[at]);
      };
      try {
        threads.emplace_back(work);
      } catch (const std::system_error& error) {
        endings[at] = not_done(Kind::unknown, cat("there is no room for its work: ", error.what()));
        board.over(tools.options.apps[at]);
      }
    }
  }
  board.show_until_over(endings.size());
  for (std::thread& thread : threads) thread.join();
  return endings;
}

}  // namespace stagegate::argocd
