#include "plugins/audit-writer/report/period.hpp"

#include <optional>

#include "common/text/duration.hpp"
#include "common/text/text.hpp"
#include "common/time/instant.hpp"
#include "plugins/audit-writer/query/when.hpp"

namespace stagegate::audit_writer {
namespace {

using text::cat;

std::optional<int> number(std::string_view text, std::size_t digits, int least, int most) {
  if (text.size() != digits) return std::nullopt;
  const auto value = text::parse_int(text);
  if (!value || text[0] == '+' || *value < least || *value > most) return std::nullopt;
  return static_cast<int>(*value);
}

// `count` months from the first of `month` on.
Period months(std::string name, int year, int month, int count) {
  const auto first = date::year{year} / month / 1;
  return {std::move(name), date::sys_days{first}, date::sys_days{first + date::months{count}}};
}

Period quarter(int year, int quarter) {
  return months(cat(year, "-Q", quarter), year, quarter * 3 - 2, 3);
}

std::optional<Period> named(std::string_view text) {
  const auto year = number(text.substr(0, 4), 4, 1970, 9999);
  if (!year) return std::nullopt;
  if (text.size() == 4) return months(std::string(text), *year, 1, 12);
  if (text[4] != '-') return std::nullopt;
  const auto rest = text.substr(5);
  if (rest.starts_with('Q') || rest.starts_with('q')) {
    const auto which = number(rest.substr(1), 1, 1, 4);
    if (!which) return std::nullopt;
    return quarter(*year, *which);
  }
  const auto month = number(rest, 2, 1, 12);
  if (!month) return std::nullopt;
  return months(std::string(text), *year, *month, 1);
}

Period current_quarter(audit::Stamp now) {
  const date::year_month_day today{date::floor<date::days>(now)};
  const auto month = static_cast<unsigned>(today.month());
  return quarter(static_cast<int>(today.year()), static_cast<int>((month + 2) / 3));
}

Result<Period> between(std::string_view text, std::size_t slash, audit::Stamp now) {
  const auto from = parse_when(text.substr(0, slash), now);
  if (!from) return forward(from.error());
  const auto until = parse_when(text.substr(slash + 1), now);
  if (!until) return forward(until.error());
  if (*until <= *from) {
    return usage(cat("period: ", text::quoted(text), " ends before it begins"));
  }
  return Period{std::string(text), *from, *until};
}

}  // namespace

Result<Period> parse_period(std::string_view text, audit::Stamp now) {
  if (text.empty()) return current_quarter(now);
  if (const auto slash = text.find('/'); slash != std::string_view::npos) {
    return between(text, slash, now);
  }
  if (auto period = named(text)) return *std::move(period);
  if (const auto day = time::parse_date(text)) {
    const audit::Stamp from = date::sys_days{day->time_since_epoch()};
    return Period{std::string(text), from, from + date::days{1}};
  }
  // A bare number would be seconds; whoever writes one means a year.
  const auto length = text::parse_duration(text);
  if (length && length->count() > 0 && !text::parse_int(text)) {
    return Period{cat("the last ", text), now - *length, now};
  }
  return usage(cat("period: ", text::quoted(text),
                   " is none: write 2026, 2026-Q3, 2026-07, 2026-07-15, 2026-07-01/2026-08-15, or "
                   "30d"));
}

}  // namespace stagegate::audit_writer
