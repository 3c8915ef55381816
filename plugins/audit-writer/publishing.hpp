// The settings of what goes out of the log: export, report, serve.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "common/http/serving.hpp"
#include "common/settings/table.hpp"
#include "plugins/audit-writer/export/export.hpp"

namespace stagegate::audit_writer {

struct ExportOptions {
  Format format = Format::jsonl;
};

struct ReportOptions {
  std::string period;
  std::string production_stage;
  std::vector<std::string> approved_stages;
  std::vector<std::string> gated_stages;
};

struct ServingOptions {
  http::ServingSettings serving;
  std::vector<std::string> stages;
  std::string gate_url;
  std::string ca_file;
  bool insecure = false;
  std::string proxy;
  std::chrono::milliseconds refresh{0};
  std::chrono::milliseconds verify_every{0};
  std::chrono::milliseconds verify_full_every{0};
};

struct PublishingOptions {
  ExportOptions exporting;
  ReportOptions reporting;
  ServingOptions service;
};

void declare_publishing_verbs(settings::Table& table);
void declare_publishing(settings::Table& table, PublishingOptions& options);

}  // namespace stagegate::audit_writer
