// The page for operators: one HTML document that works without JavaScript.
#pragma once

#include <string>
#include <vector>

#include "plugins/audit-writer/serve/follower.hpp"
#include "plugins/audit-writer/serve/gate.hpp"
#include "plugins/audit-writer/serve/history.hpp"
#include "plugins/audit-writer/serve/inspector.hpp"

namespace stagegate::audit_writer {

// Everything that the page shows, gathered before anything is drawn.
struct Page {
  audit::Stamp now;
  std::string origin;
  bool key_pinned = false;
  Look look;
  std::vector<GateWord> gates;  // of look.stages, in their order
  Inspections inspections;
  // The history, and what was asked for.
  std::vector<http::Field> query;
  Result<HistoryPage> history;
};

// `nonce` is fresh for every page and goes into html::page_policy() as well.
std::string page_html(const Page& page, const std::string& nonce);

// Its parts.
std::string stage_cards(const Page& page);
std::string grants_section(const Page& page);
std::string history_section(const Page& page);

// "2026-11-24 12:00 UTC" as a <time> element; the text itself when it is no time.
std::string time_element(std::string_view ts);
// How long ago, "3 h 12 min ago".
std::string ago(audit::Stamp then, audit::Stamp now);
// A mark for break-glass in words and with a sign.
std::string glass_mark(std::string_view words = "break-glass");

}  // namespace stagegate::audit_writer
