#include "common/http/metrics.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "common/text/text.hpp"

namespace stagegate::http {
namespace {

using detail::Family;
using detail::Series;

bool is_name(std::string_view name, std::string_view also) {
  const auto letter = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           also.find(c) != std::string_view::npos;
  };
  return !name.empty() && letter(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

std::string escaped(std::string_view text, bool quotes) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '\\' || (quotes && c == '"')) out += '\\';
    out += c;
  }
  return out;
}

std::string number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  // Not "5e-04", as long as the number is of a size that people read.
  const bool readable = value == 0 || (std::abs(value) >= 1e-6 && std::abs(value) < 1e15);
  const auto form = readable ? std::chars_format::fixed : std::chars_format::general;
  std::array<char, 64> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value, form).ptr;
  return {text.data(), end};
}

// {route="/v1/check",le="0.5"}; nothing at all when there is no label.
std::string label_set(const Family& family, const std::vector<std::string>& values,
                      std::string_view bound = {}) {
  std::vector<std::string> pairs;
  for (std::size_t i = 0; i < values.size(); ++i) {
    pairs.push_back(text::cat(family.labels[i], "=\"", escaped(values[i], true), '"'));
  }
  if (!bound.empty()) pairs.push_back(text::cat("le=\"", bound, '"'));
  return pairs.empty() ? std::string() : text::cat('{', text::join(pairs, ","), '}');
}

void write_line(std::string& out, std::string_view name, std::string_view suffix,
                std::string_view labels, std::string_view value) {
  out += text::cat(name, suffix, labels, ' ', value, '\n');
}

void write_histogram(std::string& out, const Family& family, const std::vector<std::string>& values,
                     const Series& series) {
  std::uint64_t up_to = 0;
  for (std::size_t i = 0; i < family.bounds.size(); ++i) {
    up_to += series.buckets[i];
    write_line(out, family.name, "_bucket", label_set(family, values, number(family.bounds[i])),
               std::to_string(up_to));
  }
  write_line(out, family.name, "_bucket", label_set(family, values, "+Inf"),
             std::to_string(series.count));
  write_line(out, family.name, "_sum", label_set(family, values), number(series.value));
  write_line(out, family.name, "_count", label_set(family, values), std::to_string(series.count));
}

}  // namespace

namespace detail {

Series& Handle::series(Values values) const {
  if (values.size() != family_->labels.size()) {
    throw std::logic_error("labels of " + family_->name + ": one value for each");
  }
  Series& series = family_->series[{values.begin(), values.end()}];
  series.buckets.resize(family_->bounds.size());
  return series;
}

}  // namespace detail

void Counter::add(Values values, double by) const {
  const std::lock_guard lock(*mutex_);
  series(values).value += by;
}

void Gauge::set(double value, Values values) const {
  const std::lock_guard lock(*mutex_);
  series(values).value = value;
}

void Histogram::observe(double value, Values values) const {
  const std::lock_guard lock(*mutex_);
  Series& observed = series(values);
  const auto& bounds = family_->bounds;
  const auto bucket = std::lower_bound(bounds.begin(), bounds.end(), value) - bounds.begin();
  if (static_cast<std::size_t>(bucket) < bounds.size())
    ++observed.buckets[static_cast<std::size_t>(bucket)];
  observed.value += value;
  ++observed.count;
}

Family& Metrics::declare(Family family) {
  if (!is_name(family.name, ":")) throw std::logic_error("no name for a metric: " + family.name);
  for (const auto& label : family.labels) {
    if (!is_name(label, "") || label == "le")
      throw std::logic_error("no name for a label: " + label);
  }
  if (!std::is_sorted(family.bounds.begin(), family.bounds.end())) {
    throw std::logic_error("the bounds of " + family.name + " do not rise");
  }
  const std::lock_guard lock(mutex_);
  for (const auto& known : families_) {
    if (known.name == family.name) throw std::logic_error("declared twice: " + family.name);
  }
  if (family.labels.empty()) family.series[{}].buckets.resize(family.bounds.size());
  return families_.emplace_back(std::move(family));
}

Counter Metrics::counter(std::string name, std::string help, std::vector<std::string> labels) {
  return {mutex_,
          declare({std::move(name), std::move(help), "counter", std::move(labels), {}, {}})};
}

Gauge Metrics::gauge(std::string name, std::string help, std::vector<std::string> labels) {
  return {mutex_, declare({std::move(name), std::move(help), "gauge", std::move(labels), {}, {}})};
}

Histogram Metrics::histogram(std::string name, std::string help, std::vector<double> bounds,
                             std::vector<std::string> labels) {
  return {mutex_, declare({std::move(name),
                           std::move(help),
                           "histogram",
                           std::move(labels),
                           std::move(bounds),
                           {}})};
}

std::string Metrics::text() const {
  const std::lock_guard lock(mutex_);
  std::string out;
  for (const Family& family : families_) {
    out += text::cat("# HELP ", family.name, ' ', escaped(family.help, false), '\n');
    out += text::cat("# TYPE ", family.name, ' ', family.type, '\n');
    for (const auto& [values, series] : family.series) {
      if (family.type == "histogram") {
        write_histogram(out, family, values, series);
      } else {
        write_line(out, family.name, "", label_set(family, values), number(series.value));
      }
    }
  }
  return out;
}

}  // namespace stagegate::http
