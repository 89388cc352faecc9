/** A name, and what a value of that name would do. */
export type SpecialName = readonly [name: string, effect: string]

/** Names that decide which code a process runs. */
export const hijacking: readonly SpecialName[] = [
  ["PATH", "decides which program a command's name stands for"],
  ["HOME", "decides whose start files a shell reads, and whose ~/.aws an SDK"],
  ["IFS", "decides where a shell splits a command into words"],
  ["BASH_ENV", "names a file that bash runs before every script"],
  ["SHELLOPTS", "turns on options of bash, such as xtrace, which runs PS4"],
  ["BASHOPTS", "turns on options of bash, such as extdebug"],
  ["PS4", "is expanded for every traced command, with the commands in it"],
  ["PROMPT_COMMAND", "is a command that bash runs before every prompt"],
  ["GCONV_PATH", "is where glibc loads converters of character sets from, which are libraries"],
  ["LOCPATH", "is where glibc reads locales from"],
  ["NODE_OPTIONS", "makes node load a module first: --require"],
  ["NODE_PATH", "is where node looks for modules"],
  ["BUN_OPTIONS", "makes bun load a module first: --preload"],
  ["BUN_BE_BUN", "makes a compiled bun program the bun command"],
  ["PHPRC", "is where php reads its php.ini from, with auto_prepend_file"],
  ["PHP_INI_SCAN_DIR", "is where php reads more ini files from, with extension"],
  ["PYTHONPATH", "is where python looks for modules first"],
  ["PYTHONHOME", "is where python looks for its own modules"],
  ["PYTHONSTARTUP", "names a file that python runs before its prompt"],
  ["PERL5LIB", "is where perl looks for modules first"],
  ["PERL5OPT", "makes perl load a module first: -M"],
  ["PERL_USE_UNSAFE_INC", "makes perl look for modules in the working directory too"],
  ["GIT_DIFFTOOL_EXTCMD", "is a command that git difftool runs"],
  ["PSQL_WATCH_PAGER", "is a command that psql runs for \\watch"],
  ["LESSEDIT", "is a command that less runs as its editor"],
  ["RUBYLIB", "is where ruby looks for files first"],
  ["RUBYOPT", "makes ruby load a file first: -r"],
  ["JAVA_TOOL_OPTIONS", "makes a JVM load an agent: -javaagent"],
  ["JDK_JAVAC_OPTIONS", "makes javac load an annotation processor"],
  ["JAVA_DUMP_TOOL", "is a command that OpenJ9 runs when it writes a dump"],
  ["_RUNJAVA", "is the program that Tomcat's scripts start as java"],
  ["JAVACMD", "is the program that the scripts of Maven and Ant start as java"],
  ["LOADER_PATH", "is where Spring Boot's PropertiesLauncher takes classes from"],
  ["GRADLE_USER_HOME", "is where Gradle finds scripts that it runs first: init.d"],
  ["MVNW_REPOURL", "is where Maven's wrapper downloads Maven from"],
  ["DOTNET_STARTUP_HOOKS", "names assemblies that .NET runs before the app"],
  ["DOTNET_ROOT_RISCV64", "is where the runtime is, for one processor"],
  ["DOTNET_JitName", "names the library that compiles all code"],
  ["DOTNET_HOSTINGSTARTUPASSEMBLIES", "names assemblies that ASP.NET Core runs before the app"],
  ["NUGET_PLUGIN_PATHS", "names programs that NuGet starts"],
  ["PSModulePath", "is where PowerShell loads modules from by itself"],
  ["LUA_INIT_5_4", "is code that lua runs first, or with @ a file of it"],
  ["LUAROCKS_CONFIG_5_4", "names a file of Lua code that luarocks runs"],
  ["MYSQLSH_USER_CONFIG_HOME", "is where MySQL Shell finds scripts and plugins that it runs at its start"],
  ["LIBMYSQL_PLUGINS", "names libraries that MySQL's client loads"],
  ["PGLOCALEDIR", "is where libpq reads its texts from, which are formats of printf"],
  ["GIT_SSH_COMMAND", "is a command that git runs to reach a remote"],
  ["OPENSSL_CONF", "names a file that makes OpenSSL load an engine, which is a library"],
  ["LD_PRELOAD", "names a library that Linux loads into every process"],
  ["LD_LIBRARY_PATH", "is where Linux looks for libraries first"],
  ["DYLD_INSERT_LIBRARIES", "names a library that macOS loads into every process"],
  ["ENVSEAL_IDENTITY", "is a key that envseal itself opens with"],
  ["BASH_FUNC_ls", "begins as bash names a function that takes the place of a command"],
]

/** Names that belong to the shell: to assign them fails, or does something else than to keep the value. */
export const shellOwned: readonly SpecialName[] = [
  ["UID", "is read-only in bash"],
  ["EUID", "is read-only in bash"],
  ["PPID", "is read-only in bash"],
  ["GROUPS", "is a list that bash fills: to assign it has no effect"],
  ["RANDOM", "is another number each time"],
  ["SRANDOM", "is another number each time"],
  ["SECONDS", "counts on from the value it is given"],
  ["LINENO", "is the line that runs"],
  ["DIRSTACK", "is the stack of pushd"],
  ["FUNCNAME", "is the function that runs"],
  ["OPTIND", "is where getopts goes on, and dash refuses what is no number"],
  ["HISTCMD", "is the number of the command in the history"],
  ["_", "is the last word of the command before"],
]

/** Names that PHP has in `$_SERVER` whenever it runs, where Laravel's reader looks first: what a `.env` says of them is lost. */
export const phpOwned: readonly SpecialName[] = [
  ["argv", "is the words of the command line: to assign it breaks artisan"],
  ["argc", "is how many words the command line has"],
  ["PHP_SELF", "is the script that runs"],
  ["SCRIPT_NAME", "is the script that runs"],
  ["SCRIPT_FILENAME", "is the path of the script that runs"],
  ["PATH_TRANSLATED", "is the path of the script that runs"],
  ["DOCUMENT_ROOT", "is the folder that is served, and empty in a terminal"],
  ["REQUEST_TIME", "is when the program began"],
  ["REQUEST_TIME_FLOAT", "is when the program began"],
]

/** Names that every object of JavaScript has already: readers of `.env` lose them or fail. */
export const scriptOwned: readonly SpecialName[] = [
  ["__proto__", "sets the class of the object that the names are kept in"],
  ["constructor", "is the class of an object"],
  ["prototype", "is where a class keeps its methods"],
  ["toString", "is called to print an object"],
  ["valueOf", "is called to calculate with an object"],
  ["hasOwnProperty", "is called to ask an object whether it has a name"],
]

/** Names that the AWS SDKs of an app take before the pod's own role. */
export const roleReplacing: readonly SpecialName[] = [
  ["AWS_ACCESS_KEY_ID", "is half of a static key, which goes before any role"],
  ["AWS_SECRET_ACCESS_KEY", "is the other half of a static key"],
  ["AWS_SESSION_TOKEN", "makes a static key one of a session"],
  ["AWS_PROFILE", "chooses a profile of a file"],
  ["AWS_ROLE_ARN", "is the role that a web identity takes"],
  ["AWS_WEB_IDENTITY_TOKEN_FILE", "is the file of a web identity"],
  ["AWS_CONTAINER_CREDENTIALS_FULL_URI", "is where the agent of a container is asked"],
  ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "is the path that the agent of a task is asked for"],
  ["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "is the file whose token the agent is shown"],
]

/** Names that send the app's traffic elsewhere. */
export const redirecting: readonly SpecialName[] = [
  ["HTTP_PROXY", "is the proxy for plain HTTP"],
  ["HTTPS_PROXY", "is the proxy for HTTPS"],
  ["ALL_PROXY", "is the proxy for everything"],
  ["NO_PROXY", "is what goes past the proxy"],
  ["http_proxy", "is what curl takes for plain HTTP"],
  ["https_proxy", "is what curl takes for HTTPS"],
]

/** Names that decide whose certificates the app believes. */
export const trustChanging: readonly SpecialName[] = [
  ["SSL_CERT_FILE", "is where OpenSSL reads authorities from"],
  ["SSL_CERT_DIR", "is the folder where OpenSSL reads authorities from"],
  ["NODE_EXTRA_CA_CERTS", "adds authorities to those of node"],
  ["CURL_CA_BUNDLE", "is where curl reads authorities from"],
]

/** Names that show others what the app sends. */
export const revealing: readonly SpecialName[] = [
  ["SSLKEYLOGFILE", "is where the keys of TLS connections are written"],
  ["LIBMYSQL_ENABLE_CLEARTEXT_PLUGIN", "lets a server of MySQL ask for the password as it is"],
  ["PGOAUTHDEBUG", "makes libpq print tokens, and allow plain HTTP"],
]

/** Names that real apps set for their databases, and that run nothing. */
export const harmlessInClients: readonly SpecialName[] = [
  ["REDIS_URL", "is an address"],
  ["REDISCLI_AUTH", "is a password of redis-cli"],
  ["REDISCLI_RCFILE", "names a file of redis-cli's preferences, which run nothing"],
  ["REDISCLI_HISTFILE", "is where redis-cli keeps what was typed"],
  ["MYSQL_HOST", "is an address"],
  ["MYSQL_PWD", "is a password"],
  ["MYSQL_TCP_PORT", "is a port"],
  ["MYSQL_UNIX_PORT", "is a socket"],
  ["PGHOST", "is an address"],
  ["PGHOSTADDR", "is an address"],
  ["PGPASSWORD", "is a password"],
  ["PGSSLMODE", "says whether TLS is asked for"],
  ["PGOPTIONS", "is settings of the server's session"],
  ["ASPNETCORE_URLS", "is where the app listens"],
  ["ASPNETCORE_ENVIRONMENT", "is the name of an environment"],
  ["DOTNET_ENVIRONMENT", "is the name of an environment"],
  ["DOTNET_gcServer", "chooses a way to collect garbage"],
  ["SPRING_PROFILES_ACTIVE", "chooses profiles of the app"],
  ["SPRING_DATASOURCE_URL", "is an address"],
]
