// market-hours-check: may a promotion happen now, and if not, why and until when?
#include <map>

#include "common/step/step.hpp"
#include "common/text/text.hpp"
#include "plugins/market-hours-check/options.hpp"
#include "plugins/market-hours-check/verbs/gatehouse.hpp"
#include "plugins/market-hours-check/verbs/verbs.hpp"

namespace stagegate::market_hours {
namespace {

class MarketHoursCheck : public step::Program {
 public:
  std::string name() const override { return "market-hours-check"; }
  std::string purpose() const override {
    return "May a promotion happen now, and if not, why and until when?";
  }
  std::vector<std::string> other_outputs() const override { return {"csv", "ics"}; }
  std::vector<std::string> versions() const override {
    return {text::cat("tz data ", time::zone_data_version())};
  }
  void declare(settings::Table& table) override { declare_options(table, options_); }

  step::Outcome run(const step::Run& run) override {
    if (run.verb != "calendar show") {
      if (auto fits = only_text_or_json(run.output, run.verb); !fits) {
        return step::outcome_of(fits.error());
      }
    }
    using Act = step::Outcome (*)(const Options&, const step::Run&);
    static const std::map<std::string, Act> kActs = {
        {"check", check},
        {"wait", wait},
        {"next", next},
        {"explain", explain},
        {"calendar list", calendar_list},
        {"calendar show", calendar_show},
        {"calendar lint", calendar_lint},
        {"calendar diff", calendar_diff},
        {"serve", serve},
    };
    return kActs.at(run.verb)(options_, run);
  }

 private:
  Options options_;
};

}  // namespace
}  // namespace stagegate::market_hours

int main(int argc, char** argv) {
  stagegate::market_hours::MarketHoursCheck program;
  return stagegate::step::run_program(program, argc, argv);
}
