// stdin, stdout and stderr as places that are taken.
#pragma once

namespace stagegate::step {

// A program may be started with one of them closed. The next file that is opened would get its
// number: log lines would go into the result file, or wake whoever waits for a signal. Takes every
// free place with a descriptor that cannot be read or written, so that a use of it fails as it
// should. To be called before anything is opened.
void hold_standard_streams();

}  // namespace stagegate::step
