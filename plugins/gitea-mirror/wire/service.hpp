// The two services of a git server and how HTTP names them.
#pragma once

#include <string>
#include <string_view>

namespace stagegate::mirror {

enum class Service {
  upload_pack,   // hands out objects: asked of the source
  receive_pack,  // takes them: asked of the target
};

// Which of the two connections an error came from. A source that hangs up while the target is
// written to is no trouble of the target: who mixes them up waits for a report that never comes.
enum class Side { source, target };

// "git-upload-pack": the query of the advertisement, the last step of a POST's path, the command
// over SSH.
std::string_view name_of(Service service);
std::string_view name_of(Side side);

enum class MediaType { advertisement, request, result };
// "application/x-git-upload-pack-advertisement"
std::string media_type(Service service, MediaType type);
// Whether a Content-Type says so; parameters and case do not matter. A login page answers 200 too:
// only this tells it from git.
bool is_media_type(std::string_view content_type, Service service, MediaType type);

}  // namespace stagegate::mirror
