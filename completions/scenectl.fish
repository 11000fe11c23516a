# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_scenectl_global_optspecs
    string join \n color= q/quiet v/verbose h/help V/version
end

function __fish_scenectl_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_scenectl_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_scenectl_using_subcommand
    set -l cmd (__fish_scenectl_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c scenectl -n "__fish_scenectl_needs_command" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c scenectl -n "__fish_scenectl_needs_command" -s q -l quiet -d 'Say nothing but the answer and errors: no bars, no warnings'
complete -c scenectl -n "__fish_scenectl_needs_command" -s v -l verbose -d 'Say more on stderr (-v: what happens, -vv: every call)'
complete -c scenectl -n "__fish_scenectl_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c scenectl -n "__fish_scenectl_needs_command" -s V -l version -d 'Print version'
complete -c scenectl -n "__fish_scenectl_needs_command" -f -a "pull" -d 'Bring a scene from a live server into memory, and keep it in a file'
complete -c scenectl -n "__fish_scenectl_needs_command" -f -a "info" -d 'One page about a scene: protocol, versions, roots, counts, sizes, cameras'
complete -c scenectl -n "__fish_scenectl_needs_command" -f -a "ls" -d 'List objects'
complete -c scenectl -n "__fish_scenectl_needs_command" -f -a "tree" -d 'Show objects as the tree they own each other in'
complete -c scenectl -n "__fish_scenectl_needs_command" -f -a "get" -d 'Print a state, or a value in it'
complete -c scenectl -n "__fish_scenectl_needs_command" -f -a "query" -d 'Ask the whole scene, in jq'
complete -c scenectl -n "__fish_scenectl_needs_command" -f -a "set" -d 'Change properties of existing objects, into a new snapshot or on a live viser server'
complete -c scenectl -n "__fish_scenectl_needs_command" -f -a "shell" -d 'Keep a scene in memory, and ask and set interactively or from a script'
complete -c scenectl -n "__fish_scenectl_needs_command" -f -a "convert" -d 'Copy a scene from one form of snapshot into another'
complete -c scenectl -n "__fish_scenectl_needs_command" -f -a "diff" -d 'What differs between two scenes, by structure and not by id'
complete -c scenectl -n "__fish_scenectl_needs_command" -f -a "patch" -d 'Change a scene as a JSON Patch says, into a new snapshot'
complete -c scenectl -n "__fish_scenectl_needs_command" -f -a "check" -d 'Compare many scenes with their accepted baselines, for continuous integration'
complete -c scenectl -n "__fish_scenectl_needs_command" -f -a "accept" -d 'Take differences over into a scene\'s baseline'
complete -c scenectl -n "__fish_scenectl_needs_command" -f -a "doctor" -d 'Find what will not show, and say why'
complete -c scenectl -n "__fish_scenectl_needs_command" -f -a "top" -d 'Show what makes a scene big'
complete -c scenectl -n "__fish_scenectl_needs_command" -f -a "extract" -d 'Write the smallest scene that still shows some objects'
complete -c scenectl -n "__fish_scenectl_needs_command" -f -a "export" -d 'Write what shows as binary glTF, and list what is lost'
complete -c scenectl -n "__fish_scenectl_needs_command" -f -a "report" -d 'Gather what to attach to a bug report, without secrets'
complete -c scenectl -n "__fish_scenectl_needs_command" -f -a "record" -d 'Keep a session with a live server: everything that is said, and when'
complete -c scenectl -n "__fish_scenectl_needs_command" -f -a "import" -d 'Make a recording of what a browser captured'
complete -c scenectl -n "__fish_scenectl_needs_command" -f -a "replay" -d 'Be a fake server for a snapshot, which the real clients accept'
complete -c scenectl -n "__fish_scenectl_needs_command" -f -a "relay" -d 'Stand between clients and a live server: show, change, share, disturb what passes'
complete -c scenectl -n "__fish_scenectl_needs_command" -f -a "relay-set" -d 'Change what clients of a running relay get'
complete -c scenectl -n "__fish_scenectl_needs_command" -f -a "watch" -d 'Show what changes in a live scene, how fast, and what it leaves behind'
complete -c scenectl -n "__fish_scenectl_needs_command" -f -a "attend" -d 'Be to a script what a browser is: notifications, downloads, pictures that it asks for'
complete -c scenectl -n "__fish_scenectl_needs_command" -f -a "view" -d 'Show a scene in the browser, with the real VTK.wasm viewer'
complete -c scenectl -n "__fish_scenectl_needs_command" -f -a "ping" -d 'Show each step of reaching a server, and why it goes no further'
complete -c scenectl -n "__fish_scenectl_needs_command" -f -a "call" -d 'Call any method of a server'
complete -c scenectl -n "__fish_scenectl_needs_command" -f -a "sub" -d 'Print what a server publishes'
complete -c scenectl -n "__fish_scenectl_needs_command" -f -a "completions" -d 'Print completions for a shell'
complete -c scenectl -n "__fish_scenectl_needs_command" -f -a "man" -d 'Print the manual page, or write one for every verb and topic'
complete -c scenectl -n "__fish_scenectl_needs_command" -f -a "help" -d 'Explain a verb or a topic: sources, selectors, formats, exit-codes'
complete -c scenectl -n "__fish_scenectl_using_subcommand pull" -l root -d 'Pull only this root: its id (for VTK a render window\'s) or its view\'s name (repeatable) [default: all]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand pull" -l secret -d 'The server\'s secret [default: the one wslink uses]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand pull" -l secret-file -d 'Read the secret from a file (its first line)' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand pull" -l header -d 'Send a header with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand pull" -l cookie -d 'Send a cookie with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand pull" -l path -d 'The websocket\'s path, where it is not /ws under the address' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand pull" -l ca-file -d 'Trust the certificates in this PEM file, too' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand pull" -l timeout -d 'Give up on a server that is silent for so long' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand pull" -l max-message -d 'Refuse messages larger than this' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand pull" -l launcher -d 'Let this launcher start the server (http://host/paraview/). SOURCE is then `launcher:`, or nothing where nothing follows it' -r -f
complete -c scenectl -n "__fish_scenectl_using_subcommand pull" -l application -d 'The application to launch' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand pull" -l launcher-config -d 'Tell the launcher this, too; a VALUE that is not JSON is text (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand pull" -l launcher-retries -d 'Ask a launcher whose sessions are all in use again so often' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand pull" -l blob-cache -d 'Keep blobs in this folder, and do not fetch those that are in it' -r -f -a "(__fish_complete_directories)"
complete -c scenectl -n "__fish_scenectl_using_subcommand pull" -l retries -d 'Connect again so often when the connection is lost' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand pull" -l updates -d 'With --watch: stop after so many updates' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand pull" -l for -d 'With --watch: stop after so long' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand pull" -s o -l output -d 'Write a snapshot: a file (.wazex, .vtk-wasm, .zip; .viser for viser\'s scenes), a folder (ends with / or has no extension), or - for stdout' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand pull" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c scenectl -n "__fish_scenectl_using_subcommand pull" -l insecure -d 'Do not check the server\'s certificate'
complete -c scenectl -n "__fish_scenectl_using_subcommand pull" -s f -l force -d 'Overwrite what is there'
complete -c scenectl -n "__fish_scenectl_using_subcommand pull" -l compress -d 'Deflate the entries of a zip (smaller, slower)'
complete -c scenectl -n "__fish_scenectl_using_subcommand pull" -l pretty -d 'Indent the states of a folder for reading; their bytes are then not the server\'s'
complete -c scenectl -n "__fish_scenectl_using_subcommand pull" -l provenance -d 'Note in the snapshot where and when it was pulled; the same scene then gives other bytes'
complete -c scenectl -n "__fish_scenectl_using_subcommand pull" -l keep-partial -d 'Write what has come when the pull breaks off (exit code 3)'
complete -c scenectl -n "__fish_scenectl_using_subcommand pull" -l verify -d 'Fail when a blob\'s content does not belong to its name (with -o it is a warning; without, not looked at)'
complete -c scenectl -n "__fish_scenectl_using_subcommand pull" -l timings -d 'Print where the time went'
complete -c scenectl -n "__fish_scenectl_using_subcommand pull" -s w -l watch -d 'Stay, and follow the server\'s updates (until Ctrl-C)'
complete -c scenectl -n "__fish_scenectl_using_subcommand pull" -l json -d 'Print the summary as JSON (with --watch: a line per update)'
complete -c scenectl -n "__fish_scenectl_using_subcommand pull" -s q -l quiet -d 'Say nothing but the answer and errors: no bars, no warnings'
complete -c scenectl -n "__fish_scenectl_using_subcommand pull" -s v -l verbose -d 'Say more on stderr (-v: what happens, -vv: every call)'
complete -c scenectl -n "__fish_scenectl_using_subcommand pull" -s h -l help -d 'Print help'
complete -c scenectl -n "__fish_scenectl_using_subcommand info" -l root -d 'Pull only this root: its id (for VTK a render window\'s) or its view\'s name (repeatable) [default: all]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand info" -l secret -d 'The server\'s secret [default: the one wslink uses]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand info" -l secret-file -d 'Read the secret from a file (its first line)' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand info" -l header -d 'Send a header with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand info" -l cookie -d 'Send a cookie with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand info" -l path -d 'The websocket\'s path, where it is not /ws under the address' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand info" -l ca-file -d 'Trust the certificates in this PEM file, too' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand info" -l timeout -d 'Give up on a server that is silent for so long' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand info" -l max-message -d 'Refuse messages larger than this' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand info" -l launcher -d 'Let this launcher start the server (http://host/paraview/). SOURCE is then `launcher:`, or nothing where nothing follows it' -r -f
complete -c scenectl -n "__fish_scenectl_using_subcommand info" -l application -d 'The application to launch' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand info" -l launcher-config -d 'Tell the launcher this, too; a VALUE that is not JSON is text (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand info" -l launcher-retries -d 'Ask a launcher whose sessions are all in use again so often' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand info" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c scenectl -n "__fish_scenectl_using_subcommand info" -l insecure -d 'Do not check the server\'s certificate'
complete -c scenectl -n "__fish_scenectl_using_subcommand info" -l json -d 'Print JSON'
complete -c scenectl -n "__fish_scenectl_using_subcommand info" -s q -l quiet -d 'Say nothing but the answer and errors: no bars, no warnings'
complete -c scenectl -n "__fish_scenectl_using_subcommand info" -s v -l verbose -d 'Say more on stderr (-v: what happens, -vv: every call)'
complete -c scenectl -n "__fish_scenectl_using_subcommand info" -s h -l help -d 'Print help'
complete -c scenectl -n "__fish_scenectl_using_subcommand ls" -l root -d 'Pull only this root: its id (for VTK a render window\'s) or its view\'s name (repeatable) [default: all]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand ls" -l secret -d 'The server\'s secret [default: the one wslink uses]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand ls" -l secret-file -d 'Read the secret from a file (its first line)' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand ls" -l header -d 'Send a header with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand ls" -l cookie -d 'Send a cookie with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand ls" -l path -d 'The websocket\'s path, where it is not /ws under the address' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand ls" -l ca-file -d 'Trust the certificates in this PEM file, too' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand ls" -l timeout -d 'Give up on a server that is silent for so long' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand ls" -l max-message -d 'Refuse messages larger than this' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand ls" -l launcher -d 'Let this launcher start the server (http://host/paraview/). SOURCE is then `launcher:`, or nothing where nothing follows it' -r -f
complete -c scenectl -n "__fish_scenectl_using_subcommand ls" -l application -d 'The application to launch' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand ls" -l launcher-config -d 'Tell the launcher this, too; a VALUE that is not JSON is text (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand ls" -l launcher-retries -d 'Ask a launcher whose sessions are all in use again so often' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand ls" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c scenectl -n "__fish_scenectl_using_subcommand ls" -l insecure -d 'Do not check the server\'s certificate'
complete -c scenectl -n "__fish_scenectl_using_subcommand ls" -l json -d 'Print one JSON object a line'
complete -c scenectl -n "__fish_scenectl_using_subcommand ls" -l exit-status -d 'Exit with 1 when nothing matches'
complete -c scenectl -n "__fish_scenectl_using_subcommand ls" -s q -l quiet -d 'Say nothing but the answer and errors: no bars, no warnings'
complete -c scenectl -n "__fish_scenectl_using_subcommand ls" -s v -l verbose -d 'Say more on stderr (-v: what happens, -vv: every call)'
complete -c scenectl -n "__fish_scenectl_using_subcommand ls" -s h -l help -d 'Print help'
complete -c scenectl -n "__fish_scenectl_using_subcommand tree" -l root -d 'Pull only this root: its id (for VTK a render window\'s) or its view\'s name (repeatable) [default: all]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand tree" -l secret -d 'The server\'s secret [default: the one wslink uses]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand tree" -l secret-file -d 'Read the secret from a file (its first line)' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand tree" -l header -d 'Send a header with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand tree" -l cookie -d 'Send a cookie with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand tree" -l path -d 'The websocket\'s path, where it is not /ws under the address' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand tree" -l ca-file -d 'Trust the certificates in this PEM file, too' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand tree" -l timeout -d 'Give up on a server that is silent for so long' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand tree" -l max-message -d 'Refuse messages larger than this' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand tree" -l launcher -d 'Let this launcher start the server (http://host/paraview/). SOURCE is then `launcher:`, or nothing where nothing follows it' -r -f
complete -c scenectl -n "__fish_scenectl_using_subcommand tree" -l application -d 'The application to launch' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand tree" -l launcher-config -d 'Tell the launcher this, too; a VALUE that is not JSON is text (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand tree" -l launcher-retries -d 'Ask a launcher whose sessions are all in use again so often' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand tree" -s d -l depth -d 'Go no deeper than this' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand tree" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c scenectl -n "__fish_scenectl_using_subcommand tree" -l insecure -d 'Do not check the server\'s certificate'
complete -c scenectl -n "__fish_scenectl_using_subcommand tree" -l json -d 'Print one JSON object a line'
complete -c scenectl -n "__fish_scenectl_using_subcommand tree" -s q -l quiet -d 'Say nothing but the answer and errors: no bars, no warnings'
complete -c scenectl -n "__fish_scenectl_using_subcommand tree" -s v -l verbose -d 'Say more on stderr (-v: what happens, -vv: every call)'
complete -c scenectl -n "__fish_scenectl_using_subcommand tree" -s h -l help -d 'Print help'
complete -c scenectl -n "__fish_scenectl_using_subcommand get" -l root -d 'Pull only this root: its id (for VTK a render window\'s) or its view\'s name (repeatable) [default: all]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand get" -l secret -d 'The server\'s secret [default: the one wslink uses]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand get" -l secret-file -d 'Read the secret from a file (its first line)' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand get" -l header -d 'Send a header with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand get" -l cookie -d 'Send a cookie with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand get" -l path -d 'The websocket\'s path, where it is not /ws under the address' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand get" -l ca-file -d 'Trust the certificates in this PEM file, too' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand get" -l timeout -d 'Give up on a server that is silent for so long' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand get" -l max-message -d 'Refuse messages larger than this' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand get" -l launcher -d 'Let this launcher start the server (http://host/paraview/). SOURCE is then `launcher:`, or nothing where nothing follows it' -r -f
complete -c scenectl -n "__fish_scenectl_using_subcommand get" -l application -d 'The application to launch' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand get" -l launcher-config -d 'Tell the launcher this, too; a VALUE that is not JSON is text (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand get" -l launcher-retries -d 'Ask a launcher whose sessions are all in use again so often' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand get" -s o -l output -d 'Write the values to a file' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand get" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c scenectl -n "__fish_scenectl_using_subcommand get" -l insecure -d 'Do not check the server\'s certificate'
complete -c scenectl -n "__fish_scenectl_using_subcommand get" -l json -d 'Print one JSON object a line: id, class, path, value, and of an array its type, shape and ranges'
complete -c scenectl -n "__fish_scenectl_using_subcommand get" -l state -d 'Print an array\'s state, not what is in it'
complete -c scenectl -n "__fish_scenectl_using_subcommand get" -l world -d 'Print where nodes are in the world: position, wxyz, visible, through all nodes above them (viser)'
complete -c scenectl -n "__fish_scenectl_using_subcommand get" -l raw -d 'Write an array\'s bytes'
complete -c scenectl -n "__fish_scenectl_using_subcommand get" -l npy -d 'Write a NumPy file'
complete -c scenectl -n "__fish_scenectl_using_subcommand get" -l csv -d 'Write a header and a line per row'
complete -c scenectl -n "__fish_scenectl_using_subcommand get" -s f -l force -d 'Overwrite what is there'
complete -c scenectl -n "__fish_scenectl_using_subcommand get" -s q -l quiet -d 'Say nothing but the answer and errors: no bars, no warnings'
complete -c scenectl -n "__fish_scenectl_using_subcommand get" -s v -l verbose -d 'Say more on stderr (-v: what happens, -vv: every call)'
complete -c scenectl -n "__fish_scenectl_using_subcommand get" -s h -l help -d 'Print help'
complete -c scenectl -n "__fish_scenectl_using_subcommand query" -l root -d 'Pull only this root: its id (for VTK a render window\'s) or its view\'s name (repeatable) [default: all]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand query" -l secret -d 'The server\'s secret [default: the one wslink uses]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand query" -l secret-file -d 'Read the secret from a file (its first line)' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand query" -l header -d 'Send a header with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand query" -l cookie -d 'Send a cookie with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand query" -l path -d 'The websocket\'s path, where it is not /ws under the address' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand query" -l ca-file -d 'Trust the certificates in this PEM file, too' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand query" -l timeout -d 'Give up on a server that is silent for so long' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand query" -l max-message -d 'Refuse messages larger than this' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand query" -l launcher -d 'Let this launcher start the server (http://host/paraview/). SOURCE is then `launcher:`, or nothing where nothing follows it' -r -f
complete -c scenectl -n "__fish_scenectl_using_subcommand query" -l application -d 'The application to launch' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand query" -l launcher-config -d 'Tell the launcher this, too; a VALUE that is not JSON is text (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand query" -l launcher-retries -d 'Ask a launcher whose sessions are all in use again so often' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand query" -s f -l from-file -d 'Read what to ask from a file' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand query" -l arg -d 'Let $NAME be this text (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand query" -l argjson -d 'Let $NAME be this JSON (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand query" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c scenectl -n "__fish_scenectl_using_subcommand query" -l insecure -d 'Do not check the server\'s certificate'
complete -c scenectl -n "__fish_scenectl_using_subcommand query" -s r -l raw -d 'Print strings as they are, without quotes'
complete -c scenectl -n "__fish_scenectl_using_subcommand query" -s c -l compact -d 'Print each answer on one line [default: indented]'
complete -c scenectl -n "__fish_scenectl_using_subcommand query" -l json -d 'Answers are always JSON: this changes nothing'
complete -c scenectl -n "__fish_scenectl_using_subcommand query" -s e -l exit-status -d 'Exit with 1 when the last answer is false or null, or there is none'
complete -c scenectl -n "__fish_scenectl_using_subcommand query" -s q -l quiet -d 'Say nothing but the answer and errors: no bars, no warnings'
complete -c scenectl -n "__fish_scenectl_using_subcommand query" -s v -l verbose -d 'Say more on stderr (-v: what happens, -vv: every call)'
complete -c scenectl -n "__fish_scenectl_using_subcommand query" -s h -l help -d 'Print help'
complete -c scenectl -n "__fish_scenectl_using_subcommand set" -l root -d 'Pull only this root: its id (for VTK a render window\'s) or its view\'s name (repeatable) [default: all]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand set" -l secret -d 'The server\'s secret [default: the one wslink uses]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand set" -l secret-file -d 'Read the secret from a file (its first line)' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand set" -l header -d 'Send a header with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand set" -l cookie -d 'Send a cookie with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand set" -l path -d 'The websocket\'s path, where it is not /ws under the address' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand set" -l ca-file -d 'Trust the certificates in this PEM file, too' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand set" -l timeout -d 'Give up on a server that is silent for so long' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand set" -l max-message -d 'Refuse messages larger than this' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand set" -l launcher -d 'Let this launcher start the server (http://host/paraview/). SOURCE is then `launcher:`, or nothing where nothing follows it' -r -f
complete -c scenectl -n "__fish_scenectl_using_subcommand set" -l application -d 'The application to launch' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand set" -l launcher-config -d 'Tell the launcher this, too; a VALUE that is not JSON is text (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand set" -l launcher-retries -d 'Ask a launcher whose sessions are all in use again so often' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand set" -s o -l output -d 'Where to write the changed scene; without it, it is set on the live server SOURCE' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand set" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c scenectl -n "__fish_scenectl_using_subcommand set" -l insecure -d 'Do not check the server\'s certificate'
complete -c scenectl -n "__fish_scenectl_using_subcommand set" -l json -d 'Print JSON: what was changed, from what to what'
complete -c scenectl -n "__fish_scenectl_using_subcommand set" -s f -l force -d 'Overwrite what is there'
complete -c scenectl -n "__fish_scenectl_using_subcommand set" -l compress -d 'Deflate the entries of a zip (smaller, slower)'
complete -c scenectl -n "__fish_scenectl_using_subcommand set" -l pretty -d 'Indent the states of a folder for reading; their bytes are then not the server\'s'
complete -c scenectl -n "__fish_scenectl_using_subcommand set" -s q -l quiet -d 'Say nothing but the answer and errors: no bars, no warnings'
complete -c scenectl -n "__fish_scenectl_using_subcommand set" -s v -l verbose -d 'Say more on stderr (-v: what happens, -vv: every call)'
complete -c scenectl -n "__fish_scenectl_using_subcommand set" -s h -l help -d 'Print help'
complete -c scenectl -n "__fish_scenectl_using_subcommand shell" -l root -d 'Pull only this root: its id (for VTK a render window\'s) or its view\'s name (repeatable) [default: all]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand shell" -l secret -d 'The server\'s secret [default: the one wslink uses]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand shell" -l secret-file -d 'Read the secret from a file (its first line)' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand shell" -l header -d 'Send a header with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand shell" -l cookie -d 'Send a cookie with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand shell" -l path -d 'The websocket\'s path, where it is not /ws under the address' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand shell" -l ca-file -d 'Trust the certificates in this PEM file, too' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand shell" -l timeout -d 'Give up on a server that is silent for so long' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand shell" -l max-message -d 'Refuse messages larger than this' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand shell" -l launcher -d 'Let this launcher start the server (http://host/paraview/). SOURCE is then `launcher:`, or nothing where nothing follows it' -r -f
complete -c scenectl -n "__fish_scenectl_using_subcommand shell" -l application -d 'The application to launch' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand shell" -l launcher-config -d 'Tell the launcher this, too; a VALUE that is not JSON is text (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand shell" -l launcher-retries -d 'Ask a launcher whose sessions are all in use again so often' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand shell" -s c -l command -d 'Do this and end (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand shell" -s f -l file -d 'Read the commands from a file, or - for stdin' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand shell" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c scenectl -n "__fish_scenectl_using_subcommand shell" -l insecure -d 'Do not check the server\'s certificate'
complete -c scenectl -n "__fish_scenectl_using_subcommand shell" -s k -l keep-going -d 'Go on behind a command that fails, and end with the worst exit code (4, then 2, 1, 3)'
complete -c scenectl -n "__fish_scenectl_using_subcommand shell" -s q -l quiet -d 'Say nothing but the answer and errors: no bars, no warnings'
complete -c scenectl -n "__fish_scenectl_using_subcommand shell" -s v -l verbose -d 'Say more on stderr (-v: what happens, -vv: every call)'
complete -c scenectl -n "__fish_scenectl_using_subcommand shell" -s h -l help -d 'Print help'
complete -c scenectl -n "__fish_scenectl_using_subcommand convert" -l root -d 'Pull only this root: its id (for VTK a render window\'s) or its view\'s name (repeatable) [default: all]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand convert" -l secret -d 'The server\'s secret [default: the one wslink uses]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand convert" -l secret-file -d 'Read the secret from a file (its first line)' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand convert" -l header -d 'Send a header with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand convert" -l cookie -d 'Send a cookie with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand convert" -l path -d 'The websocket\'s path, where it is not /ws under the address' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand convert" -l ca-file -d 'Trust the certificates in this PEM file, too' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand convert" -l timeout -d 'Give up on a server that is silent for so long' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand convert" -l max-message -d 'Refuse messages larger than this' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand convert" -l launcher -d 'Let this launcher start the server (http://host/paraview/). SOURCE is then `launcher:`, or nothing where nothing follows it' -r -f
complete -c scenectl -n "__fish_scenectl_using_subcommand convert" -l application -d 'The application to launch' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand convert" -l launcher-config -d 'Tell the launcher this, too; a VALUE that is not JSON is text (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand convert" -l launcher-retries -d 'Ask a launcher whose sessions are all in use again so often' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand convert" -l vtk -d 'The version of VTK that made the scene, where SOURCE does not say: Export and ExportToBytes do not' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand convert" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c scenectl -n "__fish_scenectl_using_subcommand convert" -l insecure -d 'Do not check the server\'s certificate'
complete -c scenectl -n "__fish_scenectl_using_subcommand convert" -s f -l force -d 'Overwrite what is there'
complete -c scenectl -n "__fish_scenectl_using_subcommand convert" -l compress -d 'Deflate the entries of a zip (smaller, slower)'
complete -c scenectl -n "__fish_scenectl_using_subcommand convert" -l pretty -d 'Indent the states of a folder for reading; their bytes are then not the server\'s'
complete -c scenectl -n "__fish_scenectl_using_subcommand convert" -s q -l quiet -d 'Say nothing but the answer and errors: no bars, no warnings'
complete -c scenectl -n "__fish_scenectl_using_subcommand convert" -s v -l verbose -d 'Say more on stderr (-v: what happens, -vv: every call)'
complete -c scenectl -n "__fish_scenectl_using_subcommand convert" -s h -l help -d 'Print help'
complete -c scenectl -n "__fish_scenectl_using_subcommand diff" -l ulp -d 'Floating point numbers may be so many steps apart' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand diff" -l rtol -d 'Numbers may be so far apart, relative to the larger one' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand diff" -l atol -d 'Numbers may be so far apart' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand diff" -l ignore -d 'Leave out a property of some objects (`*`: the objects as a whole); repeatable' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand diff" -l only -d 'Compare only these objects and what is below them (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand diff" -s U -l context -d 'Print so many unchanged properties before and after each changed one' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand diff" -l root -d 'Pull only this root: its id (for VTK a render window\'s) or its view\'s name (repeatable) [default: all]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand diff" -l secret -d 'The server\'s secret [default: the one wslink uses]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand diff" -l secret-file -d 'Read the secret from a file (its first line)' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand diff" -l header -d 'Send a header with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand diff" -l cookie -d 'Send a cookie with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand diff" -l path -d 'The websocket\'s path, where it is not /ws under the address' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand diff" -l ca-file -d 'Trust the certificates in this PEM file, too' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand diff" -l timeout -d 'Give up on a server that is silent for so long' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand diff" -l max-message -d 'Refuse messages larger than this' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand diff" -l launcher -d 'Let this launcher start the server (http://host/paraview/). SOURCE is then `launcher:`, or nothing where nothing follows it' -r -f
complete -c scenectl -n "__fish_scenectl_using_subcommand diff" -l application -d 'The application to launch' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand diff" -l launcher-config -d 'Tell the launcher this, too; a VALUE that is not JSON is text (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand diff" -l launcher-retries -d 'Ask a launcher whose sessions are all in use again so often' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand diff" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c scenectl -n "__fish_scenectl_using_subcommand diff" -l ignore-camera -d 'Leave out cameras'
complete -c scenectl -n "__fish_scenectl_using_subcommand diff" -l across-versions -d 'Hide what one side\'s software does not know: new properties with empty or default values'
complete -c scenectl -n "__fish_scenectl_using_subcommand diff" -l strict -d 'Show noise, too: ids, counts of changes, platforms\' class names, times'
complete -c scenectl -n "__fish_scenectl_using_subcommand diff" -l json -d 'Print the differences as one JSON document'
complete -c scenectl -n "__fish_scenectl_using_subcommand diff" -l json-patch -d 'Print what makes B of A as JSON Patch (RFC 6902), for `scenectl patch`'
complete -c scenectl -n "__fish_scenectl_using_subcommand diff" -l markdown -d 'Print the differences as Markdown, for a comment'
complete -c scenectl -n "__fish_scenectl_using_subcommand diff" -l stat -d 'Print only how many differences each class has'
complete -c scenectl -n "__fish_scenectl_using_subcommand diff" -l name-only -d 'Print only the paths of the objects that differ'
complete -c scenectl -n "__fish_scenectl_using_subcommand diff" -l summary -d 'Print only the last line: how much differs'
complete -c scenectl -n "__fish_scenectl_using_subcommand diff" -l exit-zero -d 'Exit with 0 also where the scenes differ'
complete -c scenectl -n "__fish_scenectl_using_subcommand diff" -l insecure -d 'Do not check the server\'s certificate'
complete -c scenectl -n "__fish_scenectl_using_subcommand diff" -s q -l quiet -d 'Say nothing but the answer and errors: no bars, no warnings'
complete -c scenectl -n "__fish_scenectl_using_subcommand diff" -s v -l verbose -d 'Say more on stderr (-v: what happens, -vv: every call)'
complete -c scenectl -n "__fish_scenectl_using_subcommand diff" -s h -l help -d 'Print help'
complete -c scenectl -n "__fish_scenectl_using_subcommand patch" -l root -d 'Pull only this root: its id (for VTK a render window\'s) or its view\'s name (repeatable) [default: all]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand patch" -l secret -d 'The server\'s secret [default: the one wslink uses]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand patch" -l secret-file -d 'Read the secret from a file (its first line)' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand patch" -l header -d 'Send a header with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand patch" -l cookie -d 'Send a cookie with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand patch" -l path -d 'The websocket\'s path, where it is not /ws under the address' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand patch" -l ca-file -d 'Trust the certificates in this PEM file, too' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand patch" -l timeout -d 'Give up on a server that is silent for so long' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand patch" -l max-message -d 'Refuse messages larger than this' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand patch" -l launcher -d 'Let this launcher start the server (http://host/paraview/). SOURCE is then `launcher:`, or nothing where nothing follows it' -r -f
complete -c scenectl -n "__fish_scenectl_using_subcommand patch" -l application -d 'The application to launch' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand patch" -l launcher-config -d 'Tell the launcher this, too; a VALUE that is not JSON is text (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand patch" -l launcher-retries -d 'Ask a launcher whose sessions are all in use again so often' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand patch" -s o -l output -d 'Where to write the patched scene' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand patch" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c scenectl -n "__fish_scenectl_using_subcommand patch" -l insecure -d 'Do not check the server\'s certificate'
complete -c scenectl -n "__fish_scenectl_using_subcommand patch" -s f -l force -d 'Overwrite what is there'
complete -c scenectl -n "__fish_scenectl_using_subcommand patch" -l compress -d 'Deflate the entries of a zip (smaller, slower)'
complete -c scenectl -n "__fish_scenectl_using_subcommand patch" -l pretty -d 'Indent the states of a folder for reading; their bytes are then not the server\'s'
complete -c scenectl -n "__fish_scenectl_using_subcommand patch" -s q -l quiet -d 'Say nothing but the answer and errors: no bars, no warnings'
complete -c scenectl -n "__fish_scenectl_using_subcommand patch" -s v -l verbose -d 'Say more on stderr (-v: what happens, -vv: every call)'
complete -c scenectl -n "__fish_scenectl_using_subcommand patch" -s h -l help -d 'Print help'
complete -c scenectl -n "__fish_scenectl_using_subcommand check" -s b -l baseline -d 'The folder of the baselines' -r -f -a "(__fish_complete_directories)"
complete -c scenectl -n "__fish_scenectl_using_subcommand check" -l junit -d 'Write a report for a build server (JUnit XML)' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand check" -l details -d 'Print at most so many differences of a scene' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand check" -l ulp -d 'Floating point numbers may be so many steps apart' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand check" -l rtol -d 'Numbers may be so far apart, relative to the larger one' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand check" -l atol -d 'Numbers may be so far apart' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand check" -l ignore -d 'Leave out a property of some objects (`*`: the objects as a whole); repeatable' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand check" -l only -d 'Compare only these objects and what is below them (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand check" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c scenectl -n "__fish_scenectl_using_subcommand check" -s u -l update -d 'Accept everything: write the baselines of new scenes and of those that differ'
complete -c scenectl -n "__fish_scenectl_using_subcommand check" -l prune -d 'With --update: remove the baselines that no scene was checked against'
complete -c scenectl -n "__fish_scenectl_using_subcommand check" -s i -l interactive -d 'Ask for each difference whether to accept it'
complete -c scenectl -n "__fish_scenectl_using_subcommand check" -l blobs -d 'Keep blobs beside the baselines that are written (else arrays are compared by name only, without tolerance)'
complete -c scenectl -n "__fish_scenectl_using_subcommand check" -l json -d 'Print the result as one JSON document'
complete -c scenectl -n "__fish_scenectl_using_subcommand check" -l ignore-camera -d 'Leave out cameras'
complete -c scenectl -n "__fish_scenectl_using_subcommand check" -l across-versions -d 'Hide what one side\'s software does not know: new properties with empty or default values'
complete -c scenectl -n "__fish_scenectl_using_subcommand check" -l strict -d 'Show noise, too: ids, counts of changes, platforms\' class names, times'
complete -c scenectl -n "__fish_scenectl_using_subcommand check" -s q -l quiet -d 'Say nothing but the answer and errors: no bars, no warnings'
complete -c scenectl -n "__fish_scenectl_using_subcommand check" -s v -l verbose -d 'Say more on stderr (-v: what happens, -vv: every call)'
complete -c scenectl -n "__fish_scenectl_using_subcommand check" -s h -l help -d 'Print help'
complete -c scenectl -n "__fish_scenectl_using_subcommand accept" -s b -l baseline -d 'The folder of the baselines' -r -f -a "(__fish_complete_directories)"
complete -c scenectl -n "__fish_scenectl_using_subcommand accept" -l name -d 'The scene\'s name among the baselines [default: the snapshot\'s name]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand accept" -s p -l path -d 'Accept only differences at these paths; * stands for anything (repeatable) [default: all]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand accept" -l ulp -d 'Floating point numbers may be so many steps apart' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand accept" -l rtol -d 'Numbers may be so far apart, relative to the larger one' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand accept" -l atol -d 'Numbers may be so far apart' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand accept" -l ignore -d 'Leave out a property of some objects (`*`: the objects as a whole); repeatable' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand accept" -l only -d 'Compare only these objects and what is below them (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand accept" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c scenectl -n "__fish_scenectl_using_subcommand accept" -s i -l interactive -d 'Ask for each difference'
complete -c scenectl -n "__fish_scenectl_using_subcommand accept" -l blobs -d 'Keep blobs beside the baseline'
complete -c scenectl -n "__fish_scenectl_using_subcommand accept" -l json -d 'Print what was accepted and what was not as JSON'
complete -c scenectl -n "__fish_scenectl_using_subcommand accept" -l ignore-camera -d 'Leave out cameras'
complete -c scenectl -n "__fish_scenectl_using_subcommand accept" -l across-versions -d 'Hide what one side\'s software does not know: new properties with empty or default values'
complete -c scenectl -n "__fish_scenectl_using_subcommand accept" -l strict -d 'Show noise, too: ids, counts of changes, platforms\' class names, times'
complete -c scenectl -n "__fish_scenectl_using_subcommand accept" -s q -l quiet -d 'Say nothing but the answer and errors: no bars, no warnings'
complete -c scenectl -n "__fish_scenectl_using_subcommand accept" -s v -l verbose -d 'Say more on stderr (-v: what happens, -vv: every call)'
complete -c scenectl -n "__fish_scenectl_using_subcommand accept" -s h -l help -d 'Print help'
complete -c scenectl -n "__fish_scenectl_using_subcommand doctor" -l root -d 'Pull only this root: its id (for VTK a render window\'s) or its view\'s name (repeatable) [default: all]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand doctor" -l secret -d 'The server\'s secret [default: the one wslink uses]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand doctor" -l secret-file -d 'Read the secret from a file (its first line)' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand doctor" -l header -d 'Send a header with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand doctor" -l cookie -d 'Send a cookie with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand doctor" -l path -d 'The websocket\'s path, where it is not /ws under the address' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand doctor" -l ca-file -d 'Trust the certificates in this PEM file, too' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand doctor" -l timeout -d 'Give up on a server that is silent for so long' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand doctor" -l max-message -d 'Refuse messages larger than this' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand doctor" -l launcher -d 'Let this launcher start the server (http://host/paraview/). SOURCE is then `launcher:`, or nothing where nothing follows it' -r -f
complete -c scenectl -n "__fish_scenectl_using_subcommand doctor" -l application -d 'The application to launch' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand doctor" -l launcher-config -d 'Tell the launcher this, too; a VALUE that is not JSON is text (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand doctor" -l launcher-retries -d 'Ask a launcher whose sessions are all in use again so often' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand doctor" -l probe -d 'On a live server: follow its updates for so long, and look for what grows or never settles' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand doctor" -l bundle -d 'The client\'s bundle (FILE.wasm, a folder, or a tar.gz): classes that it cannot build are errors' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand doctor" -l deny -d 'Take findings of this code, or all warnings, for errors (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand doctor" -l allow -d 'Leave findings of this code out (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand doctor" -l explain -d 'Say what a code means, and what to do' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand doctor" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c scenectl -n "__fish_scenectl_using_subcommand doctor" -l insecure -d 'Do not check the server\'s certificate'
complete -c scenectl -n "__fish_scenectl_using_subcommand doctor" -l all -d 'Show all findings, also where there are many of one code'
complete -c scenectl -n "__fish_scenectl_using_subcommand doctor" -l json -d 'Print JSON'
complete -c scenectl -n "__fish_scenectl_using_subcommand doctor" -s q -l quiet -d 'Say nothing but the answer and errors: no bars, no warnings'
complete -c scenectl -n "__fish_scenectl_using_subcommand doctor" -s v -l verbose -d 'Say more on stderr (-v: what happens, -vv: every call)'
complete -c scenectl -n "__fish_scenectl_using_subcommand doctor" -s h -l help -d 'Print help'
complete -c scenectl -n "__fish_scenectl_using_subcommand top" -l root -d 'Pull only this root: its id (for VTK a render window\'s) or its view\'s name (repeatable) [default: all]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand top" -l secret -d 'The server\'s secret [default: the one wslink uses]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand top" -l secret-file -d 'Read the secret from a file (its first line)' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand top" -l header -d 'Send a header with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand top" -l cookie -d 'Send a cookie with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand top" -l path -d 'The websocket\'s path, where it is not /ws under the address' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand top" -l ca-file -d 'Trust the certificates in this PEM file, too' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand top" -l timeout -d 'Give up on a server that is silent for so long' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand top" -l max-message -d 'Refuse messages larger than this' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand top" -l launcher -d 'Let this launcher start the server (http://host/paraview/). SOURCE is then `launcher:`, or nothing where nothing follows it' -r -f
complete -c scenectl -n "__fish_scenectl_using_subcommand top" -l application -d 'The application to launch' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand top" -l launcher-config -d 'Tell the launcher this, too; a VALUE that is not JSON is text (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand top" -l launcher-retries -d 'Ask a launcher whose sessions are all in use again so often' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand top" -l by -d 'How to add bytes up' -r -f -a "array\t'One row per array with a blob'
object\t'One row per object'
class\t'One row per class'
actor\t'One row per actor, volume, text: what it alone needs'"
complete -c scenectl -n "__fish_scenectl_using_subcommand top" -s n -l rows -d 'How many rows to show [default: 20]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand top" -l budget -d 'Exit with 1 when states and blobs together are larger' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand top" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c scenectl -n "__fish_scenectl_using_subcommand top" -l insecure -d 'Do not check the server\'s certificate'
complete -c scenectl -n "__fish_scenectl_using_subcommand top" -s a -l all -d 'Show all rows'
complete -c scenectl -n "__fish_scenectl_using_subcommand top" -l no-inspect -d 'Do not look at the values in blobs: faster, with fewer notes'
complete -c scenectl -n "__fish_scenectl_using_subcommand top" -l json -d 'Print JSON: all rows, unless -n is given'
complete -c scenectl -n "__fish_scenectl_using_subcommand top" -s q -l quiet -d 'Say nothing but the answer and errors: no bars, no warnings'
complete -c scenectl -n "__fish_scenectl_using_subcommand top" -s v -l verbose -d 'Say more on stderr (-v: what happens, -vv: every call)'
complete -c scenectl -n "__fish_scenectl_using_subcommand top" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c scenectl -n "__fish_scenectl_using_subcommand extract" -l root -d 'Pull only this root: its id (for VTK a render window\'s) or its view\'s name (repeatable) [default: all]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand extract" -l secret -d 'The server\'s secret [default: the one wslink uses]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand extract" -l secret-file -d 'Read the secret from a file (its first line)' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand extract" -l header -d 'Send a header with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand extract" -l cookie -d 'Send a cookie with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand extract" -l path -d 'The websocket\'s path, where it is not /ws under the address' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand extract" -l ca-file -d 'Trust the certificates in this PEM file, too' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand extract" -l timeout -d 'Give up on a server that is silent for so long' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand extract" -l max-message -d 'Refuse messages larger than this' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand extract" -l launcher -d 'Let this launcher start the server (http://host/paraview/). SOURCE is then `launcher:`, or nothing where nothing follows it' -r -f
complete -c scenectl -n "__fish_scenectl_using_subcommand extract" -l application -d 'The application to launch' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand extract" -l launcher-config -d 'Tell the launcher this, too; a VALUE that is not JSON is text (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand extract" -l launcher-retries -d 'Ask a launcher whose sessions are all in use again so often' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand extract" -s o -l output -d 'Where to write: a file (.wazex, .vtk-wasm, .zip), a folder (ends with / or has no extension), or - for stdout' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand extract" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c scenectl -n "__fish_scenectl_using_subcommand extract" -l insecure -d 'Do not check the server\'s certificate'
complete -c scenectl -n "__fish_scenectl_using_subcommand extract" -s f -l force -d 'Overwrite what is there'
complete -c scenectl -n "__fish_scenectl_using_subcommand extract" -l compress -d 'Deflate the entries of a zip (smaller, slower)'
complete -c scenectl -n "__fish_scenectl_using_subcommand extract" -l pretty -d 'Indent the states of a folder for reading; their bytes are then not the server\'s'
complete -c scenectl -n "__fish_scenectl_using_subcommand extract" -l json -d 'Print JSON: what was kept, of how much'
complete -c scenectl -n "__fish_scenectl_using_subcommand extract" -s q -l quiet -d 'Say nothing but the answer and errors: no bars, no warnings'
complete -c scenectl -n "__fish_scenectl_using_subcommand extract" -s v -l verbose -d 'Say more on stderr (-v: what happens, -vv: every call)'
complete -c scenectl -n "__fish_scenectl_using_subcommand extract" -s h -l help -d 'Print help'
complete -c scenectl -n "__fish_scenectl_using_subcommand export" -l root -d 'Pull only this root: its id (for VTK a render window\'s) or its view\'s name (repeatable) [default: all]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand export" -l secret -d 'The server\'s secret [default: the one wslink uses]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand export" -l secret-file -d 'Read the secret from a file (its first line)' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand export" -l header -d 'Send a header with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand export" -l cookie -d 'Send a cookie with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand export" -l path -d 'The websocket\'s path, where it is not /ws under the address' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand export" -l ca-file -d 'Trust the certificates in this PEM file, too' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand export" -l timeout -d 'Give up on a server that is silent for so long' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand export" -l max-message -d 'Refuse messages larger than this' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand export" -l launcher -d 'Let this launcher start the server (http://host/paraview/). SOURCE is then `launcher:`, or nothing where nothing follows it' -r -f
complete -c scenectl -n "__fish_scenectl_using_subcommand export" -l application -d 'The application to launch' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand export" -l launcher-config -d 'Tell the launcher this, too; a VALUE that is not JSON is text (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand export" -l launcher-retries -d 'Ask a launcher whose sessions are all in use again so often' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand export" -l up -d 'The axis that points up in the scene [default: what the protocol knows: y in VTK\'s scenes; viser says itself]' -r -f -a "y\t'As in glTF'
z\t'As in worlds of robots and maps'"
complete -c scenectl -n "__fish_scenectl_using_subcommand export" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c scenectl -n "__fish_scenectl_using_subcommand export" -l insecure -d 'Do not check the server\'s certificate'
complete -c scenectl -n "__fish_scenectl_using_subcommand export" -s f -l force -d 'Overwrite what is there'
complete -c scenectl -n "__fish_scenectl_using_subcommand export" -l json -d 'Print JSON: what is in the file, and what was lost'
complete -c scenectl -n "__fish_scenectl_using_subcommand export" -s q -l quiet -d 'Say nothing but the answer and errors: no bars, no warnings'
complete -c scenectl -n "__fish_scenectl_using_subcommand export" -s v -l verbose -d 'Say more on stderr (-v: what happens, -vv: every call)'
complete -c scenectl -n "__fish_scenectl_using_subcommand export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c scenectl -n "__fish_scenectl_using_subcommand report" -l root -d 'Pull only this root: its id (for VTK a render window\'s) or its view\'s name (repeatable) [default: all]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand report" -l secret -d 'The server\'s secret [default: the one wslink uses]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand report" -l secret-file -d 'Read the secret from a file (its first line)' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand report" -l header -d 'Send a header with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand report" -l cookie -d 'Send a cookie with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand report" -l path -d 'The websocket\'s path, where it is not /ws under the address' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand report" -l ca-file -d 'Trust the certificates in this PEM file, too' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand report" -l timeout -d 'Give up on a server that is silent for so long' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand report" -l max-message -d 'Refuse messages larger than this' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand report" -l launcher -d 'Let this launcher start the server (http://host/paraview/). SOURCE is then `launcher:`, or nothing where nothing follows it' -r -f
complete -c scenectl -n "__fish_scenectl_using_subcommand report" -l application -d 'The application to launch' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand report" -l launcher-config -d 'Tell the launcher this, too; a VALUE that is not JSON is text (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand report" -l launcher-retries -d 'Ask a launcher whose sessions are all in use again so often' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand report" -s o -l output -d 'Where to write it: a .zip' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand report" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c scenectl -n "__fish_scenectl_using_subcommand report" -l insecure -d 'Do not check the server\'s certificate'
complete -c scenectl -n "__fish_scenectl_using_subcommand report" -l blobs -d 'Include the blobs'
complete -c scenectl -n "__fish_scenectl_using_subcommand report" -l no-redact -d 'Keep texts in states as they are (they may hold names of users and tokens)'
complete -c scenectl -n "__fish_scenectl_using_subcommand report" -s f -l force -d 'Overwrite what is there'
complete -c scenectl -n "__fish_scenectl_using_subcommand report" -l json -d 'Print as JSON what is in it and what was removed'
complete -c scenectl -n "__fish_scenectl_using_subcommand report" -s q -l quiet -d 'Say nothing but the answer and errors: no bars, no warnings'
complete -c scenectl -n "__fish_scenectl_using_subcommand report" -s v -l verbose -d 'Say more on stderr (-v: what happens, -vv: every call)'
complete -c scenectl -n "__fish_scenectl_using_subcommand report" -s h -l help -d 'Print help'
complete -c scenectl -n "__fish_scenectl_using_subcommand record" -l root -d 'Pull only this root: its id (for VTK a render window\'s) or its view\'s name (repeatable) [default: all]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand record" -l secret -d 'The server\'s secret [default: the one wslink uses]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand record" -l secret-file -d 'Read the secret from a file (its first line)' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand record" -l header -d 'Send a header with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand record" -l cookie -d 'Send a cookie with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand record" -l path -d 'The websocket\'s path, where it is not /ws under the address' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand record" -l ca-file -d 'Trust the certificates in this PEM file, too' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand record" -l timeout -d 'Give up on a server that is silent for so long' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand record" -l max-message -d 'Refuse messages larger than this' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand record" -l launcher -d 'Let this launcher start the server (http://host/paraview/). SOURCE is then `launcher:`, or nothing where nothing follows it' -r -f
complete -c scenectl -n "__fish_scenectl_using_subcommand record" -l application -d 'The application to launch' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand record" -l launcher-config -d 'Tell the launcher this, too; a VALUE that is not JSON is text (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand record" -l launcher-retries -d 'Ask a launcher whose sessions are all in use again so often' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand record" -s o -l output -d 'The recording to write (.mcap), or - for stdout' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand record" -l for -d 'Stop after so long, counted from the connection' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand record" -l updates -d 'Stop after so many updates; 0 records the first hydration only' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand record" -l retries -d 'Connect again so often when the connection is lost' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand record" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c scenectl -n "__fish_scenectl_using_subcommand record" -l insecure -d 'Do not check the server\'s certificate'
complete -c scenectl -n "__fish_scenectl_using_subcommand record" -s f -l force -d 'Overwrite what is there'
complete -c scenectl -n "__fish_scenectl_using_subcommand record" -l json -d 'Print a line of JSON per update, and one at the end'
complete -c scenectl -n "__fish_scenectl_using_subcommand record" -s q -l quiet -d 'Say nothing but the answer and errors: no bars, no warnings'
complete -c scenectl -n "__fish_scenectl_using_subcommand record" -s v -l verbose -d 'Say more on stderr (-v: what happens, -vv: every call)'
complete -c scenectl -n "__fish_scenectl_using_subcommand record" -s h -l help -d 'Print help'
complete -c scenectl -n "__fish_scenectl_using_subcommand import" -s o -l output -d 'The recording to write (.mcap), or - for stdout' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand import" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c scenectl -n "__fish_scenectl_using_subcommand import" -s f -l force -d 'Overwrite what is there'
complete -c scenectl -n "__fish_scenectl_using_subcommand import" -l json -d 'Print what was imported as JSON'
complete -c scenectl -n "__fish_scenectl_using_subcommand import" -s q -l quiet -d 'Say nothing but the answer and errors: no bars, no warnings'
complete -c scenectl -n "__fish_scenectl_using_subcommand import" -s v -l verbose -d 'Say more on stderr (-v: what happens, -vv: every call)'
complete -c scenectl -n "__fish_scenectl_using_subcommand import" -s h -l help -d 'Print help'
complete -c scenectl -n "__fish_scenectl_using_subcommand replay" -l root -d 'Pull only this root: its id (for VTK a render window\'s) or its view\'s name (repeatable) [default: all]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand replay" -l secret -d 'The server\'s secret [default: the one wslink uses]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand replay" -l secret-file -d 'Read the secret from a file (its first line)' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand replay" -l header -d 'Send a header with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand replay" -l cookie -d 'Send a cookie with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand replay" -l path -d 'The websocket\'s path, where it is not /ws under the address' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand replay" -l ca-file -d 'Trust the certificates in this PEM file, too' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand replay" -l timeout -d 'Give up on a server that is silent for so long' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand replay" -l max-message -d 'Refuse messages larger than this' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand replay" -l launcher -d 'Let this launcher start the server (http://host/paraview/). SOURCE is then `launcher:`, or nothing where nothing follows it' -r -f
complete -c scenectl -n "__fish_scenectl_using_subcommand replay" -l application -d 'The application to launch' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand replay" -l launcher-config -d 'Tell the launcher this, too; a VALUE that is not JSON is text (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand replay" -l launcher-retries -d 'Ask a launcher whose sessions are all in use again so often' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand replay" -s l -l listen -d 'Where to listen; port 0 takes a free one' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand replay" -l ready-file -d 'Write the line that says it is ready to this file, too' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand replay" -l for -d 'Stop after so long' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand replay" -l until-idle -d 'Stop when no client was connected for so long' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand replay" -l clients -d 'Stop when so many clients have come and gone' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand replay" -l client-dir -d 'Give browsers the real client: this folder\'s index.html at /, and what else is in it' -r -f -a "(__fish_complete_directories)"
complete -c scenectl -n "__fish_scenectl_using_subcommand replay" -l max-msg-size -d 'Cut answers into frames of at most so many bytes' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand replay" -l latency -d 'Everything comes so much later' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand replay" -l jitter -d 'Up to so much later still, at random' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand replay" -l bandwidth -d 'Not more than this a second, to each client' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand replay" -l drop-blob -d 'Answer as if this blob, or so many of them, were unknown (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand replay" -l disconnect-after -d 'Break the connection after so many messages, or so many bytes (with a unit)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand replay" -l seed -d 'Where the random numbers start' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand replay" -l speed -d 'Play a session faster or slower than it was' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand replay" -l at -d 'Start so long after the session\'s start, or after an update (12.5s, update:3)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand replay" -l miss -d 'What to answer to a call that was not recorded' -r -f -a "error\t'An error, as for an unknown method'
null\t'Nothing (null)'
nearest\t'What the nearest recorded call of the same method was answered'"
complete -c scenectl -n "__fish_scenectl_using_subcommand replay" -l verify -d 'Serve nothing: make the recorded calls to this live server, and exit with 1 where it answers otherwise' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand replay" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c scenectl -n "__fish_scenectl_using_subcommand replay" -l insecure -d 'Do not check the server\'s certificate'
complete -c scenectl -n "__fish_scenectl_using_subcommand replay" -l allow-remote -d 'Allow an address that other machines reach'
complete -c scenectl -n "__fish_scenectl_using_subcommand replay" -l exact-version -d 'Refuse clients of other versions than the scene\'s, as real servers do (viser)'
complete -c scenectl -n "__fish_scenectl_using_subcommand replay" -l reorder -d 'Messages overtake each other'
complete -c scenectl -n "__fish_scenectl_using_subcommand replay" -l loop -d 'Play the session again and again'
complete -c scenectl -n "__fish_scenectl_using_subcommand replay" -l step -d 'The next update comes only when a client calls scenectl.step'
complete -c scenectl -n "__fish_scenectl_using_subcommand replay" -l strict -d 'Exit code 1 where a client made a call that was not recorded'
complete -c scenectl -n "__fish_scenectl_using_subcommand replay" -l expect-all-played -d 'Exit code 1 where a recorded call was not made, or one was made that was not recorded'
complete -c scenectl -n "__fish_scenectl_using_subcommand replay" -l exact -d 'Replay the recorded messages as they were: to one client at a time, where the server waits for what clients say'
complete -c scenectl -n "__fish_scenectl_using_subcommand replay" -s q -l quiet -d 'Say nothing but the answer and errors: no bars, no warnings'
complete -c scenectl -n "__fish_scenectl_using_subcommand replay" -s v -l verbose -d 'Say more on stderr (-v: what happens, -vv: every call)'
complete -c scenectl -n "__fish_scenectl_using_subcommand replay" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c scenectl -n "__fish_scenectl_using_subcommand relay" -l root -d 'Pull only this root: its id (for VTK a render window\'s) or its view\'s name (repeatable) [default: all]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand relay" -l secret -d 'The server\'s secret [default: the one wslink uses]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand relay" -l secret-file -d 'Read the secret from a file (its first line)' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand relay" -l header -d 'Send a header with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand relay" -l cookie -d 'Send a cookie with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand relay" -l path -d 'The websocket\'s path, where it is not /ws under the address' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand relay" -l ca-file -d 'Trust the certificates in this PEM file, too' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand relay" -l timeout -d 'Give up on a server that is silent for so long' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand relay" -l max-message -d 'Refuse messages larger than this' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand relay" -l launcher -d 'Let this launcher start the server (http://host/paraview/). SOURCE is then `launcher:`, or nothing where nothing follows it' -r -f
complete -c scenectl -n "__fish_scenectl_using_subcommand relay" -l application -d 'The application to launch' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand relay" -l launcher-config -d 'Tell the launcher this, too; a VALUE that is not JSON is text (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand relay" -l launcher-retries -d 'Ask a launcher whose sessions are all in use again so often' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand relay" -s l -l listen -d 'Where to listen; port 0 takes a free one' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand relay" -l ready-file -d 'Write the line that says it is ready to this file, too' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand relay" -l for -d 'Stop after so long' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand relay" -l until-idle -d 'Stop when no client was connected for so long' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand relay" -l clients -d 'Stop when so many clients have come and gone' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand relay" -l protocol -d 'The server\'s protocol [default: found out at the start]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand relay" -l per-client -d 'Where clients share a connection (viser): what is for one client alone comes over one of its own, or not at all' -r -f -a "own\t'It comes over a connection of the client\'s own'
none\t'It does not come, and what clients say is not passed on'"
complete -c scenectl -n "__fish_scenectl_using_subcommand relay" -l record -d 'Keep what passes in a recording' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand relay" -l cache -d 'Keep so many bytes of blobs, so that each is asked for once [default: 256MiB]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand relay" -l reconnect -d 'Try for so long to reach a lost server again' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand relay" -l view -d 'Let clients see only this window: an id or its view\'s name (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand relay" -l set -d 'Give clients another value of a property (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand relay" -l control -d 'Take more of these from a JSON file, whenever it changes: [{"selector": …, "set": "PATH=JSON"}, …]' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand relay" -l only -d 'With -v: only these methods and topics; * stands for anything (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand relay" -l latency -d 'Everything comes so much later' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand relay" -l jitter -d 'Up to so much later still, at random' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand relay" -l bandwidth -d 'Not more than this a second, to each client' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand relay" -l drop-blob -d 'Answer as if this blob, or so many of them, were unknown (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand relay" -l disconnect-after -d 'Break the connection after so many messages, or so many bytes (with a unit)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand relay" -l seed -d 'Where the random numbers start' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand relay" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c scenectl -n "__fish_scenectl_using_subcommand relay" -l insecure -d 'Do not check the server\'s certificate'
complete -c scenectl -n "__fish_scenectl_using_subcommand relay" -l allow-remote -d 'Allow an address that other machines reach'
complete -c scenectl -n "__fish_scenectl_using_subcommand relay" -s f -l force -d 'Overwrite the recording that is there'
complete -c scenectl -n "__fish_scenectl_using_subcommand relay" -l json -d 'One JSON object a line on stdout for each call, behind the ready line'
complete -c scenectl -n "__fish_scenectl_using_subcommand relay" -l full -d 'With -vv: do not shorten what was said'
complete -c scenectl -n "__fish_scenectl_using_subcommand relay" -l reorder -d 'Messages overtake each other'
complete -c scenectl -n "__fish_scenectl_using_subcommand relay" -s q -l quiet -d 'Say nothing but the answer and errors: no bars, no warnings'
complete -c scenectl -n "__fish_scenectl_using_subcommand relay" -s v -l verbose -d 'Say more on stderr (-v: what happens, -vv: every call)'
complete -c scenectl -n "__fish_scenectl_using_subcommand relay" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c scenectl -n "__fish_scenectl_using_subcommand relay-set" -l remove -d 'Take one away again, by its number' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand relay-set" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c scenectl -n "__fish_scenectl_using_subcommand relay-set" -l list -d 'List what is set'
complete -c scenectl -n "__fish_scenectl_using_subcommand relay-set" -l clear -d 'Take all away again'
complete -c scenectl -n "__fish_scenectl_using_subcommand relay-set" -l json -d 'Print JSON'
complete -c scenectl -n "__fish_scenectl_using_subcommand relay-set" -s q -l quiet -d 'Say nothing but the answer and errors: no bars, no warnings'
complete -c scenectl -n "__fish_scenectl_using_subcommand relay-set" -s v -l verbose -d 'Say more on stderr (-v: what happens, -vv: every call)'
complete -c scenectl -n "__fish_scenectl_using_subcommand relay-set" -s h -l help -d 'Print help'
complete -c scenectl -n "__fish_scenectl_using_subcommand watch" -l updates -d 'Stop after so many updates' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand watch" -l for -d 'Stop after so long, counted from the connection (4 where no scene has come by then)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand watch" -l assert -d 'Exit with 1 as soon as this jq expression does not hold for an update (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand watch" -l retries -d 'Connect again so often when the connection is lost' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand watch" -l root -d 'Pull only this root: its id (for VTK a render window\'s) or its view\'s name (repeatable) [default: all]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand watch" -l secret -d 'The server\'s secret [default: the one wslink uses]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand watch" -l secret-file -d 'Read the secret from a file (its first line)' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand watch" -l header -d 'Send a header with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand watch" -l cookie -d 'Send a cookie with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand watch" -l path -d 'The websocket\'s path, where it is not /ws under the address' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand watch" -l ca-file -d 'Trust the certificates in this PEM file, too' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand watch" -l timeout -d 'Give up on a server that is silent for so long' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand watch" -l max-message -d 'Refuse messages larger than this' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand watch" -l launcher -d 'Let this launcher start the server (http://host/paraview/). SOURCE is then `launcher:`, or nothing where nothing follows it' -r -f
complete -c scenectl -n "__fish_scenectl_using_subcommand watch" -l application -d 'The application to launch' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand watch" -l launcher-config -d 'Tell the launcher this, too; a VALUE that is not JSON is text (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand watch" -l launcher-retries -d 'Ask a launcher whose sessions are all in use again so often' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand watch" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c scenectl -n "__fish_scenectl_using_subcommand watch" -l leaks -d 'Look for what the server keeps: ids that climb, blobs that left the scene and are still served'
complete -c scenectl -n "__fish_scenectl_using_subcommand watch" -l json -d 'Print JSON: a line an update, and one in the end'
complete -c scenectl -n "__fish_scenectl_using_subcommand watch" -l insecure -d 'Do not check the server\'s certificate'
complete -c scenectl -n "__fish_scenectl_using_subcommand watch" -s q -l quiet -d 'Say nothing but the answer and errors: no bars, no warnings'
complete -c scenectl -n "__fish_scenectl_using_subcommand watch" -s v -l verbose -d 'Say more on stderr (-v: what happens, -vv: every call)'
complete -c scenectl -n "__fish_scenectl_using_subcommand watch" -s h -l help -d 'Print help'
complete -c scenectl -n "__fish_scenectl_using_subcommand attend" -l camera -d 'Where the camera is: any of position, look_at, up (each x,y,z), fov (vertical, in degrees), near, far, width, height (pixels) [default: as the scene says, else position=3,3,3,look_at=0,0,0,up=0,0,1,fov=75, near=0.01,far=1000,width=1280,height=720]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand attend" -l downloads -d 'Save the files that the server sends in this folder' -r -f -a "(__fish_complete_directories)"
complete -c scenectl -n "__fish_scenectl_using_subcommand attend" -l max-download -d 'Refuse files larger than this' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand attend" -l render -d 'Answer requests for pictures with this file (PNG or JPEG), or with `empty`: that there is none' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand attend" -l render-exec -d 'Answer requests for pictures with what this command prints: the request is JSON on its stdin, and in SCENECTL_WIDTH, SCENECTL_HEIGHT and SCENECTL_FORMAT' -r -f -a "(__fish_complete_command)"
complete -c scenectl -n "__fish_scenectl_using_subcommand attend" -l render-timeout -d 'Give up on that command after so long' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand attend" -l local-storage -d 'Keep what the script stores in the browser in this JSON file [default: in memory]' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand attend" -l for -d 'Stop after so long, counted from the connection (4 where no scene has come by then)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand attend" -l until -d 'Stop as soon as this has happened' -r -f -a "notification\t'A notification is shown'
download\t'A file has come as a whole'
render\t'A picture was asked for, and answered'
storage\t'The server\'s program used what a browser stores'
camera\t'The server moved the camera'
update\t'The scene changed'"
complete -c scenectl -n "__fish_scenectl_using_subcommand attend" -l retries -d 'Connect again so often when the connection is lost' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand attend" -s o -l output -d 'Write a snapshot: a file (.wazex, .vtk-wasm, .zip), a folder (ends with / or has no extension), or - for stdout' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand attend" -l secret -d 'The server\'s secret [default: the one wslink uses]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand attend" -l secret-file -d 'Read the secret from a file (its first line)' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand attend" -l header -d 'Send a header with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand attend" -l cookie -d 'Send a cookie with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand attend" -l path -d 'The websocket\'s path, where it is not /ws under the address' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand attend" -l ca-file -d 'Trust the certificates in this PEM file, too' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand attend" -l timeout -d 'Give up on a server that is silent for so long' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand attend" -l max-message -d 'Refuse messages larger than this' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand attend" -l launcher -d 'Let this launcher start the server (http://host/paraview/). SOURCE is then `launcher:`, or nothing where nothing follows it' -r -f
complete -c scenectl -n "__fish_scenectl_using_subcommand attend" -l application -d 'The application to launch' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand attend" -l launcher-config -d 'Tell the launcher this, too; a VALUE that is not JSON is text (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand attend" -l launcher-retries -d 'Ask a launcher whose sessions are all in use again so often' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand attend" -l root -d 'Pull only this root: its id (for VTK a render window\'s) or its view\'s name (repeatable) [default: all]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand attend" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c scenectl -n "__fish_scenectl_using_subcommand attend" -l json -d 'Print JSON: a line an event'
complete -c scenectl -n "__fish_scenectl_using_subcommand attend" -s f -l force -d 'Overwrite what is there'
complete -c scenectl -n "__fish_scenectl_using_subcommand attend" -l compress -d 'Deflate the entries of a zip (smaller, slower)'
complete -c scenectl -n "__fish_scenectl_using_subcommand attend" -l pretty -d 'Indent the states of a folder for reading; their bytes are then not the server\'s'
complete -c scenectl -n "__fish_scenectl_using_subcommand attend" -l insecure -d 'Do not check the server\'s certificate'
complete -c scenectl -n "__fish_scenectl_using_subcommand attend" -s q -l quiet -d 'Say nothing but the answer and errors: no bars, no warnings'
complete -c scenectl -n "__fish_scenectl_using_subcommand attend" -s v -l verbose -d 'Say more on stderr (-v: what happens, -vv: every call)'
complete -c scenectl -n "__fish_scenectl_using_subcommand attend" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c scenectl -n "__fish_scenectl_using_subcommand view" -l root -d 'Pull only this root: its id (for VTK a render window\'s) or its view\'s name (repeatable) [default: all]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand view" -l secret -d 'The server\'s secret [default: the one wslink uses]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand view" -l secret-file -d 'Read the secret from a file (its first line)' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand view" -l header -d 'Send a header with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand view" -l cookie -d 'Send a cookie with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand view" -l path -d 'The websocket\'s path, where it is not /ws under the address' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand view" -l ca-file -d 'Trust the certificates in this PEM file, too' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand view" -l timeout -d 'Give up on a server that is silent for so long' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand view" -l max-message -d 'Refuse messages larger than this' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand view" -l launcher -d 'Let this launcher start the server (http://host/paraview/). SOURCE is then `launcher:`, or nothing where nothing follows it' -r -f
complete -c scenectl -n "__fish_scenectl_using_subcommand view" -l application -d 'The application to launch' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand view" -l launcher-config -d 'Tell the launcher this, too; a VALUE that is not JSON is text (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand view" -l launcher-retries -d 'Ask a launcher whose sessions are all in use again so often' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand view" -l viewer -d 'Where the viewer is: viewer.umd.js, a folder or package (.tgz) with it, or a URL of either' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand view" -l wasm -d 'Where VTK\'s WebAssembly is: a folder or archive (.tgz) with vtkWebAssembly.wasm, or a URL of one' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand view" -l listen -d 'Serve the page here' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand view" -l for -d 'Stop after so long' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand view" -l screenshot -d 'Write a picture of the page (PNG) and end: with a Chromium without a window' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand view" -l size -d 'Width and height of the picture, in pixels' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand view" -l wait -d 'How long to wait for the scene to be drawn' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand view" -l browser -d 'The Chromium to use [default: the one that is found]' -r -f -a "(__fish_complete_command)"
complete -c scenectl -n "__fish_scenectl_using_subcommand view" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c scenectl -n "__fish_scenectl_using_subcommand view" -l insecure -d 'Do not check the server\'s certificate'
complete -c scenectl -n "__fish_scenectl_using_subcommand view" -l no-open -d 'Open no browser'
complete -c scenectl -n "__fish_scenectl_using_subcommand view" -s f -l force -d 'Overwrite the picture that is there'
complete -c scenectl -n "__fish_scenectl_using_subcommand view" -s q -l quiet -d 'Say nothing but the answer and errors: no bars, no warnings'
complete -c scenectl -n "__fish_scenectl_using_subcommand view" -s v -l verbose -d 'Say more on stderr (-v: what happens, -vv: every call)'
complete -c scenectl -n "__fish_scenectl_using_subcommand view" -s h -l help -d 'Print help'
complete -c scenectl -n "__fish_scenectl_using_subcommand ping" -s n -l count -d 'Try so often, and summarise' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand ping" -s i -l interval -d 'Wait so long between two tries' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand ping" -l secret -d 'The server\'s secret [default: the one wslink uses]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand ping" -l secret-file -d 'Read the secret from a file (its first line)' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand ping" -l header -d 'Send a header with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand ping" -l cookie -d 'Send a cookie with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand ping" -l path -d 'The websocket\'s path, where it is not /ws under the address' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand ping" -l ca-file -d 'Trust the certificates in this PEM file, too' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand ping" -l timeout -d 'Give up on a server that is silent for so long' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand ping" -l max-message -d 'Refuse messages larger than this' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand ping" -l launcher -d 'Let this launcher start the server (http://host/paraview/). SOURCE is then `launcher:`, or nothing where nothing follows it' -r -f
complete -c scenectl -n "__fish_scenectl_using_subcommand ping" -l application -d 'The application to launch' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand ping" -l launcher-config -d 'Tell the launcher this, too; a VALUE that is not JSON is text (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand ping" -l launcher-retries -d 'Ask a launcher whose sessions are all in use again so often' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand ping" -l root -d 'Ask for the status of this root: its id (for VTK a render window\'s) or its view\'s name [default: the first]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand ping" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c scenectl -n "__fish_scenectl_using_subcommand ping" -l json -d 'Print JSON: a document a try, and with --count one in the end'
complete -c scenectl -n "__fish_scenectl_using_subcommand ping" -l insecure -d 'Do not check the server\'s certificate'
complete -c scenectl -n "__fish_scenectl_using_subcommand ping" -s q -l quiet -d 'Say nothing but the answer and errors: no bars, no warnings'
complete -c scenectl -n "__fish_scenectl_using_subcommand ping" -s v -l verbose -d 'Say more on stderr (-v: what happens, -vv: every call)'
complete -c scenectl -n "__fish_scenectl_using_subcommand ping" -s h -l help -d 'Print help'
complete -c scenectl -n "__fish_scenectl_using_subcommand call" -s k -l kwarg -d 'An argument by its name (repeatable); the value as above' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand call" -s o -l output -d 'Write binary data of the answer to this file (more of it to OUT.2, OUT.3 …), or into this folder' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand call" -l secret -d 'The server\'s secret [default: the one wslink uses]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand call" -l secret-file -d 'Read the secret from a file (its first line)' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand call" -l header -d 'Send a header with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand call" -l cookie -d 'Send a cookie with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand call" -l path -d 'The websocket\'s path, where it is not /ws under the address' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand call" -l ca-file -d 'Trust the certificates in this PEM file, too' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand call" -l timeout -d 'Give up on a server that is silent for so long' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand call" -l max-message -d 'Refuse messages larger than this' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand call" -l launcher -d 'Let this launcher start the server (http://host/paraview/). SOURCE is then `launcher:`, or nothing where nothing follows it' -r -f
complete -c scenectl -n "__fish_scenectl_using_subcommand call" -l application -d 'The application to launch' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand call" -l launcher-config -d 'Tell the launcher this, too; a VALUE that is not JSON is text (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand call" -l launcher-retries -d 'Ask a launcher whose sessions are all in use again so often' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand call" -l root -d 'Pull only this root: its id (for VTK a render window\'s) or its view\'s name (repeatable) [default: all]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand call" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c scenectl -n "__fish_scenectl_using_subcommand call" -s s -l text -d 'Take all arguments as strings, as they are: 12 for \'"12"\''
complete -c scenectl -n "__fish_scenectl_using_subcommand call" -s f -l force -d 'Overwrite what is there'
complete -c scenectl -n "__fish_scenectl_using_subcommand call" -l json -d 'Print JSON always: an error as {"error": …}, binary data as its size'
complete -c scenectl -n "__fish_scenectl_using_subcommand call" -l insecure -d 'Do not check the server\'s certificate'
complete -c scenectl -n "__fish_scenectl_using_subcommand call" -s q -l quiet -d 'Say nothing but the answer and errors: no bars, no warnings'
complete -c scenectl -n "__fish_scenectl_using_subcommand call" -s v -l verbose -d 'Say more on stderr (-v: what happens, -vv: every call)'
complete -c scenectl -n "__fish_scenectl_using_subcommand call" -s h -l help -d 'Print help'
complete -c scenectl -n "__fish_scenectl_using_subcommand sub" -s n -l count -d 'Stop after so many messages' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand sub" -l for -d 'Stop after so long' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand sub" -s o -l output -d 'Write binary data into this folder' -r -f -a "(__fish_complete_directories)"
complete -c scenectl -n "__fish_scenectl_using_subcommand sub" -l retries -d 'Connect again so often when the connection is lost' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand sub" -l secret -d 'The server\'s secret [default: the one wslink uses]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand sub" -l secret-file -d 'Read the secret from a file (its first line)' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand sub" -l header -d 'Send a header with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand sub" -l cookie -d 'Send a cookie with the handshake (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand sub" -l path -d 'The websocket\'s path, where it is not /ws under the address' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand sub" -l ca-file -d 'Trust the certificates in this PEM file, too' -r -F
complete -c scenectl -n "__fish_scenectl_using_subcommand sub" -l timeout -d 'Give up on a server that is silent for so long' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand sub" -l max-message -d 'Refuse messages larger than this' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand sub" -l launcher -d 'Let this launcher start the server (http://host/paraview/). SOURCE is then `launcher:`, or nothing where nothing follows it' -r -f
complete -c scenectl -n "__fish_scenectl_using_subcommand sub" -l application -d 'The application to launch' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand sub" -l launcher-config -d 'Tell the launcher this, too; a VALUE that is not JSON is text (repeatable)' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand sub" -l launcher-retries -d 'Ask a launcher whose sessions are all in use again so often' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand sub" -l root -d 'Pull only this root: its id (for VTK a render window\'s) or its view\'s name (repeatable) [default: all]' -r
complete -c scenectl -n "__fish_scenectl_using_subcommand sub" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c scenectl -n "__fish_scenectl_using_subcommand sub" -l exit-status -d 'Exit with 1 when nothing came'
complete -c scenectl -n "__fish_scenectl_using_subcommand sub" -s f -l force -d 'Overwrite what is there'
complete -c scenectl -n "__fish_scenectl_using_subcommand sub" -l insecure -d 'Do not check the server\'s certificate'
complete -c scenectl -n "__fish_scenectl_using_subcommand sub" -s q -l quiet -d 'Say nothing but the answer and errors: no bars, no warnings'
complete -c scenectl -n "__fish_scenectl_using_subcommand sub" -s v -l verbose -d 'Say more on stderr (-v: what happens, -vv: every call)'
complete -c scenectl -n "__fish_scenectl_using_subcommand sub" -s h -l help -d 'Print help'
complete -c scenectl -n "__fish_scenectl_using_subcommand completions" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c scenectl -n "__fish_scenectl_using_subcommand completions" -s q -l quiet -d 'Say nothing but the answer and errors: no bars, no warnings'
complete -c scenectl -n "__fish_scenectl_using_subcommand completions" -s v -l verbose -d 'Say more on stderr (-v: what happens, -vv: every call)'
complete -c scenectl -n "__fish_scenectl_using_subcommand completions" -s h -l help -d 'Print help'
complete -c scenectl -n "__fish_scenectl_using_subcommand man" -l dir -d 'Write scenectl.1, a page per verb and a page per topic into this folder' -r -f -a "(__fish_complete_directories)"
complete -c scenectl -n "__fish_scenectl_using_subcommand man" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c scenectl -n "__fish_scenectl_using_subcommand man" -s q -l quiet -d 'Say nothing but the answer and errors: no bars, no warnings'
complete -c scenectl -n "__fish_scenectl_using_subcommand man" -s v -l verbose -d 'Say more on stderr (-v: what happens, -vv: every call)'
complete -c scenectl -n "__fish_scenectl_using_subcommand man" -s h -l help -d 'Print help'
complete -c scenectl -n "__fish_scenectl_using_subcommand help" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c scenectl -n "__fish_scenectl_using_subcommand help" -s q -l quiet -d 'Say nothing but the answer and errors: no bars, no warnings'
complete -c scenectl -n "__fish_scenectl_using_subcommand help" -s v -l verbose -d 'Say more on stderr (-v: what happens, -vv: every call)'
complete -c scenectl -n "__fish_scenectl_using_subcommand help" -s h -l help -d 'Print help'
