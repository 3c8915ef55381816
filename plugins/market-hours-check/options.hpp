// The settings of market-hours-check, each declared once.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "common/audit/settings.hpp"
#include "common/http/serving.hpp"
#include "common/kube/settings.hpp"
#include "common/settings/table.hpp"
#include "plugins/market-hours-check/gate/gate.hpp"

namespace stagegate::market_hours {

// How the service knows who people are.
enum class IdentityKind : std::uint8_t { none, kubernetes, oidc, proxy };

struct Options {
  // What is asked.
  std::string calendar;
  std::string other_calendar;
  std::string at;
  std::string stage;
  settings::ImageTag image_tag;
  std::vector<std::string> gated_stages;
  // The rule.
  Require require = Require::closed;
  std::optional<std::chrono::seconds> pad_before;
  std::optional<std::chrono::seconds> pad_after;
  std::chrono::seconds need{0};
  std::optional<OnHoliday> on_holiday;
  std::optional<LunchBreak> lunch_break;
  std::optional<Beyond> beyond;
  std::vector<std::string> block_sessions;
  std::optional<text::YamlNode> freezes;
  std::optional<text::YamlNode> overrides;
  std::string tzdir;
  // Waiting.
  std::chrono::milliseconds timeout{0};
  std::chrono::milliseconds heartbeat{0};
  // Lists.
  std::int64_t count = 5;
  std::optional<std::int64_t> year;
  std::optional<time::Date> from;
  std::optional<time::Date> to;
  // Serving.
  http::ServingSettings serving;
  bool allow_anonymous = false;
  std::string public_url;
  std::optional<text::YamlNode> stages;
  // The audit log, and whom a decision is about.
  audit::LogSettings log;
  std::string promotion;
  std::string project;
  std::string actor;
  std::string repo;
  std::string pipeline;
  std::vector<std::string> approval_stages;
  bool require_second_person = false;
  // Who people are.
  IdentityKind identity = IdentityKind::none;
  std::vector<std::string> break_glass_groups;
  std::vector<std::string> approval_groups;
  std::string oidc_issuer;
  std::string oidc_audience;
  std::string oidc_jwks;
  std::string oidc_name_claim;
  std::string oidc_groups_claim;
  settings::Secret proxy_secret;
  std::string proxy_user_header;
  std::string proxy_groups_header;
  // Kubernetes and Kargo.
  kube::ClusterSettings cluster;
  std::string kargo_url;
  settings::Secret kargo_token;
  std::string ca_file;
};

void declare_options(settings::Table& table, Options& options);
// Of these, the ones of the audit log and of who people are (log_options.cpp).
void declare_log_options(settings::Table& table, Options& options);

// The gate that the settings describe, not yet loaded.
GateSettings gate_settings(const Options& options);

// `at` as an instant: RFC 3339, a time in the calendar's zone ("2026-11-27 12:30", and the first
// reading of one that the clocks repeat), or empty for none.
Result<std::optional<time::Instant>> parse_at(const std::string& at, const time::Zone& zone);

}  // namespace stagegate::market_hours
