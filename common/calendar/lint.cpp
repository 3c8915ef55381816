#include "common/calendar/lint.hpp"

#include <utility>

#include "common/calendar/builtin.hpp"
#include "common/calendar/parse.hpp"
#include "common/text/text.hpp"

namespace stagegate::market_hours {
namespace {

// The YAML parser says where in words ("line 3, column 7: ..."); a fault wants it in numbers.
Fault syntax_fault(std::string message) {
  constexpr std::string_view kLine = "line ";
  constexpr std::string_view kColumn = ", column ";
  Fault fault{{1, 1}, std::move(message), Fault::Weight::error};
  const std::string_view whole = fault.message;
  const auto column = whole.find(kColumn);
  const auto end = column == std::string_view::npos ? column : whole.find(": ", column);
  if (!whole.starts_with(kLine) || end == std::string_view::npos) return fault;
  const auto line_number = text::parse_int(whole.substr(kLine.size(), column - kLine.size()));
  const auto column_begin = column + kColumn.size();
  const auto column_number = text::parse_int(whole.substr(column_begin, end - column_begin));
  if (!line_number || !column_number) return fault;
  fault.at = {static_cast<int>(*line_number), static_cast<int>(*column_number)};
  fault.message = std::string(whole.substr(end + 2));
  return fault;
}

}  // namespace

Schedule read_schedule(std::string_view yaml, Faults& faults) {
  const auto document = text::parse_yaml(yaml);
  if (!document) {
    Fault fault = syntax_fault(document.error().message);
    faults.error(fault.at, std::move(fault.message));
    return {};
  }
  return parse_schedule(*document, builtin_schedule, faults);
}

std::vector<Fault> lint(std::string_view yaml) {
  Faults faults;
  read_schedule(yaml, faults);
  return faults.take();
}

std::string show(const Fault& fault, std::string_view path) {
  return text::cat(path, ":", fault.at.line, ":", fault.at.column, ": ",
                   fault.weight == Fault::Weight::error ? "error" : "warning", ": ", fault.message);
}

std::string show_errors(const std::vector<Fault>& faults, std::string_view path) {
  std::vector<std::string> lines;
  for (const Fault& fault : faults) {
    if (fault.weight == Fault::Weight::error)
      lines.push_back(
          text::cat(path, ":", fault.at.line, ":", fault.at.column, ": ", fault.message));
  }
  return text::join(lines, "\n");
}

}  // namespace stagegate::market_hours
