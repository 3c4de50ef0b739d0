# For the scripts that run what this repository builds: finds a JDK since 25, and builds what is missing or too old. A
# copy without the sources, with this file, the scripts and the jars under their names here, runs as it is.
# They set "root" and "jdk"; names of files are relative to the root and have no blanks.

say() {
    echo "$(basename "$0"): $*" >&2
}

# Whether the JDK at $1 is new enough, by the file every JDK carries; sets "release" to its version. Read by the shell
# alone: each process that it starts delays every command.
suits() {
    feature=
    release=unknown
    if [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ]; then
        while IFS='="' read -r key _ version; do
            case $key in
                JAVA_VERSION) feature=${version%%[!0-9]*} ;;
                JAVA_RUNTIME_VERSION) release=${version%\"} ;;
            esac
        done < "$1/release"
    fi
    [ "${feature:-0}" -ge 25 ]
}

find_jdk() {
    if [ -n "${SLUICE_JAVA_HOME:-}" ]; then
        suits "$SLUICE_JAVA_HOME" && echo "$SLUICE_JAVA_HOME" && return
        say "SLUICE_JAVA_HOME is '$SLUICE_JAVA_HOME', which is no JDK since 25; correct it or unset it"
        return 1
    fi
    on_path=$(command -v java || true)
    if [ -n "$on_path" ]; then
        on_path=$(readlink -f "$on_path")
        on_path=${on_path%/*/*}
    fi
    for home in "${JAVA_HOME:-}" "$on_path" /usr/lib/jvm/* "${HOME:-}"/.sdkman/candidates/java/*; do
        suits "$home" && echo "$home" && return
    done
    say "no JDK since 25 found in JAVA_HOME, on the PATH, in /usr/lib/jvm or in SDKMAN's folder"
    say "install one, for instance Temurin 25 from https://adoptium.net or with 'sdk install java',"
    say "or name it: SLUICE_JAVA_HOME=/path/to/jdk-25 $0"
    return 1
}

# Whether the file $1 is missing or older than something it is made of: the further arguments, and our modules. An
# installed copy has no sources, so there nothing is searched.
stale() {
    made=$1
    shift
    [ ! -f "$made" ] || {
        [ -f pom.xml ] &&
            [ -n "$(find pom.xml bom/pom.xml ipc-*/pom.xml ipc-*/src/main "$@" -newer "$made" | head -n 1)" ]
    }
}

build() {
    if ! command -v mvn > /dev/null; then
        say "the first run builds with Maven, which is not on the PATH; install Maven 3.8.1 or newer"
        return 1
    fi
    say "building (first run) ..."
    # Standard input and output belong to the command; Maven on a new JDK is told to be silent about its own libraries.
    quiet="--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow"
    JAVA_HOME=$jdk MAVEN_OPTS="$quiet ${MAVEN_OPTS:-}" \
        mvn -q -B -Dstyle.color=never -pl "$1" -am package -Dmaven.test.skip=true < /dev/null >&2
    touch "$2"
}

# Builds the module $1 if its file $2 is missing or older than its sources, which are the further arguments. In a
# subshell, so that the directory of the caller stays; one build at a time, the others wait for it and use it.
build_if_stale() (
    cd "$root"
    module=$1
    shift
    if stale "$@"; then
        if [ ! -f pom.xml ]; then
            say "'$root/$1' is missing, and there are no sources to build it from"
            return 1
        fi
        exec 9< pom.xml
        flock 9
        ! stale "$@" || build "$module" "$1" 9<&-
    fi
)

# Makes the file $1 in the background: in it the JVM keeps loaded and linked what the command after it needs to look
# into spaces. Later starts use it. It is empty if the JVM makes none.
make_cache() {
    if [ -w "$(dirname "$1")" ] && command -v flock > /dev/null; then
        train "$@" > /dev/null 2>&1 < /dev/null &
    fi
}

train() {
    made=$1
    java=$2
    shift 2
    exec 9> "$made.lock"
    if flock -n 9; then
        SLUICE_HOME=$made.home nice -n 5 "$java" -XX:AOTCacheOutput="$made.new" "$@" rehearse || true
        rmdir "$made.home" || true
        [ -s "$made.new" ] || : > "$made.new"
        mv "$made.new" "$made"
        rm -f "$made.lock"
    fi
}
