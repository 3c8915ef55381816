/* What the distribution's libssh.a wants of a GSSAPI library, of which there is no static one. libssh calls these only
 * when it is asked to log in by Kerberos, which the programs never do: they log in with a key. So that nothing worse
 * happens should a later libssh ask by itself, every call says GSS_S_FAILURE (RFC 2744, 3.9.1): it then goes on as on a
 * machine without Kerberos. No argument is looked at, hence no parameters; no pointer is handed out, hence the data is
 * null. */

enum { gss_s_failure = 13 << 16 };

const void *GSS_C_NT_HOSTBASED_SERVICE = 0;
const void *GSS_C_NT_USER_NAME = 0;

unsigned gss_accept_sec_context() { return gss_s_failure; }
unsigned gss_acquire_cred() { return gss_s_failure; }
unsigned gss_add_oid_set_member() { return gss_s_failure; }
unsigned gss_create_empty_oid_set() { return gss_s_failure; }
unsigned gss_display_name() { return gss_s_failure; }
unsigned gss_display_status() { return gss_s_failure; }
unsigned gss_get_mic() { return gss_s_failure; }
unsigned gss_import_name() { return gss_s_failure; }
unsigned gss_indicate_mechs() { return gss_s_failure; }
unsigned gss_init_sec_context() { return gss_s_failure; }
unsigned gss_inquire_cred() { return gss_s_failure; }
unsigned gss_inquire_cred_by_mech() { return gss_s_failure; }
unsigned gss_release_buffer() { return gss_s_failure; }
unsigned gss_release_cred() { return gss_s_failure; }
unsigned gss_release_name() { return gss_s_failure; }
unsigned gss_release_oid_set() { return gss_s_failure; }
unsigned gss_test_oid_set_member() { return gss_s_failure; }
unsigned gss_verify_mic() { return gss_s_failure; }
