
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'scenectl' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'scenectl'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'scenectl' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('pull', 'pull', [CompletionResultType]::ParameterValue, 'Bring a scene from a live server into memory, and keep it in a file')
            [CompletionResult]::new('info', 'info', [CompletionResultType]::ParameterValue, 'One page about a scene: protocol, versions, roots, counts, sizes, cameras')
            [CompletionResult]::new('ls', 'ls', [CompletionResultType]::ParameterValue, 'List objects')
            [CompletionResult]::new('tree', 'tree', [CompletionResultType]::ParameterValue, 'Show objects as the tree they own each other in')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Print a state, or a value in it')
            [CompletionResult]::new('query', 'query', [CompletionResultType]::ParameterValue, 'Ask the whole scene, in jq')
            [CompletionResult]::new('set', 'set', [CompletionResultType]::ParameterValue, 'Change properties of existing objects, into a new snapshot')
            [CompletionResult]::new('convert', 'convert', [CompletionResultType]::ParameterValue, 'Copy a scene from one form of snapshot into another')
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'What differs between two scenes, by structure and not by id')
            [CompletionResult]::new('patch', 'patch', [CompletionResultType]::ParameterValue, 'Change a scene as a JSON Patch says, into a new snapshot')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Compare many scenes with their accepted baselines, for continuous integration')
            [CompletionResult]::new('accept', 'accept', [CompletionResultType]::ParameterValue, 'Take differences over into a scene''s baseline')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Find what will not show, and say why')
            [CompletionResult]::new('top', 'top', [CompletionResultType]::ParameterValue, 'Show what makes a scene big')
            [CompletionResult]::new('extract', 'extract', [CompletionResultType]::ParameterValue, 'Write the smallest scene that still shows some objects')
            [CompletionResult]::new('report', 'report', [CompletionResultType]::ParameterValue, 'Gather what to attach to a bug report, without secrets')
            [CompletionResult]::new('record', 'record', [CompletionResultType]::ParameterValue, 'Keep a session with a live server: everything that is said, and when')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Make a recording of what a browser captured')
            [CompletionResult]::new('replay', 'replay', [CompletionResultType]::ParameterValue, 'Be a fake server for a snapshot, which the real clients accept')
            [CompletionResult]::new('relay', 'relay', [CompletionResultType]::ParameterValue, 'Stand between clients and a live server: show, change, share, disturb what passes')
            [CompletionResult]::new('relay-set', 'relay-set', [CompletionResultType]::ParameterValue, 'Change what clients of a running relay get')
            [CompletionResult]::new('watch', 'watch', [CompletionResultType]::ParameterValue, 'Show what changes in a live scene, how fast, and what it leaves behind')
            [CompletionResult]::new('call', 'call', [CompletionResultType]::ParameterValue, 'Call any method of a server')
            [CompletionResult]::new('sub', 'sub', [CompletionResultType]::ParameterValue, 'Print what a server publishes')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print completions for a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print the manual page, or write one for every verb')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'scenectl;pull' {
            [CompletionResult]::new('--root', '--root', [CompletionResultType]::ParameterName, 'Pull only this root: a render window''s id or its view''s name (repeatable) [default: all]')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'The server''s secret [default: the one wslink uses]')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'Read the secret from a file (its first line)')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send a header with the handshake (repeatable)')
            [CompletionResult]::new('--cookie', '--cookie', [CompletionResultType]::ParameterName, 'Send a cookie with the handshake (repeatable)')
            [CompletionResult]::new('--path', '--path', [CompletionResultType]::ParameterName, 'The websocket''s path, where it is not /ws under the address')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, too')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up on a server that is silent for so long')
            [CompletionResult]::new('--max-message', '--max-message', [CompletionResultType]::ParameterName, 'Refuse messages larger than this')
            [CompletionResult]::new('--launcher', '--launcher', [CompletionResultType]::ParameterName, 'Let this launcher start the server (http://host/paraview/). SOURCE is then `launcher:`, or nothing where nothing follows it')
            [CompletionResult]::new('--application', '--application', [CompletionResultType]::ParameterName, 'The application to launch')
            [CompletionResult]::new('--launcher-config', '--launcher-config', [CompletionResultType]::ParameterName, 'Tell the launcher this, too; a VALUE that is not JSON is text (repeatable)')
            [CompletionResult]::new('--launcher-retries', '--launcher-retries', [CompletionResultType]::ParameterName, 'Ask a launcher whose sessions are all in use again so often')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write a snapshot: a file (.wazex, .vtk-wasm, .zip), a folder (ends with / or has no extension), or - for stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write a snapshot: a file (.wazex, .vtk-wasm, .zip), a folder (ends with / or has no extension), or - for stdout')
            [CompletionResult]::new('--blob-cache', '--blob-cache', [CompletionResultType]::ParameterName, 'Keep blobs in this folder, and do not fetch those that are in it')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Connect again so often when the connection is lost')
            [CompletionResult]::new('--updates', '--updates', [CompletionResultType]::ParameterName, 'With --watch: stop after so many updates')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'With --watch: stop after so long')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not check the server''s certificate')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Overwrite what is there')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Overwrite what is there')
            [CompletionResult]::new('--compress', '--compress', [CompletionResultType]::ParameterName, 'Deflate the entries of a zip (smaller, slower)')
            [CompletionResult]::new('--pretty', '--pretty', [CompletionResultType]::ParameterName, 'Indent the states of a folder for reading; their bytes are then not the server''s')
            [CompletionResult]::new('--provenance', '--provenance', [CompletionResultType]::ParameterName, 'Note in the snapshot where and when it was pulled; the same scene then gives other bytes')
            [CompletionResult]::new('--keep-partial', '--keep-partial', [CompletionResultType]::ParameterName, 'Write what has come when the pull breaks off (exit code 3)')
            [CompletionResult]::new('--verify', '--verify', [CompletionResultType]::ParameterName, 'Fail when a blob''s content does not belong to its name (with -o it is a warning; without, not looked at)')
            [CompletionResult]::new('--timings', '--timings', [CompletionResultType]::ParameterName, 'Print where the time went')
            [CompletionResult]::new('-w', '-w', [CompletionResultType]::ParameterName, 'Stay, and follow the server''s updates (until Ctrl-C)')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Stay, and follow the server''s updates (until Ctrl-C)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the summary as JSON (with --watch: a line per update)')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'scenectl;info' {
            [CompletionResult]::new('--root', '--root', [CompletionResultType]::ParameterName, 'Pull only this root: a render window''s id or its view''s name (repeatable) [default: all]')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'The server''s secret [default: the one wslink uses]')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'Read the secret from a file (its first line)')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send a header with the handshake (repeatable)')
            [CompletionResult]::new('--cookie', '--cookie', [CompletionResultType]::ParameterName, 'Send a cookie with the handshake (repeatable)')
            [CompletionResult]::new('--path', '--path', [CompletionResultType]::ParameterName, 'The websocket''s path, where it is not /ws under the address')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, too')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up on a server that is silent for so long')
            [CompletionResult]::new('--max-message', '--max-message', [CompletionResultType]::ParameterName, 'Refuse messages larger than this')
            [CompletionResult]::new('--launcher', '--launcher', [CompletionResultType]::ParameterName, 'Let this launcher start the server (http://host/paraview/). SOURCE is then `launcher:`, or nothing where nothing follows it')
            [CompletionResult]::new('--application', '--application', [CompletionResultType]::ParameterName, 'The application to launch')
            [CompletionResult]::new('--launcher-config', '--launcher-config', [CompletionResultType]::ParameterName, 'Tell the launcher this, too; a VALUE that is not JSON is text (repeatable)')
            [CompletionResult]::new('--launcher-retries', '--launcher-retries', [CompletionResultType]::ParameterName, 'Ask a launcher whose sessions are all in use again so often')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not check the server''s certificate')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'scenectl;ls' {
            [CompletionResult]::new('--root', '--root', [CompletionResultType]::ParameterName, 'Pull only this root: a render window''s id or its view''s name (repeatable) [default: all]')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'The server''s secret [default: the one wslink uses]')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'Read the secret from a file (its first line)')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send a header with the handshake (repeatable)')
            [CompletionResult]::new('--cookie', '--cookie', [CompletionResultType]::ParameterName, 'Send a cookie with the handshake (repeatable)')
            [CompletionResult]::new('--path', '--path', [CompletionResultType]::ParameterName, 'The websocket''s path, where it is not /ws under the address')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, too')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up on a server that is silent for so long')
            [CompletionResult]::new('--max-message', '--max-message', [CompletionResultType]::ParameterName, 'Refuse messages larger than this')
            [CompletionResult]::new('--launcher', '--launcher', [CompletionResultType]::ParameterName, 'Let this launcher start the server (http://host/paraview/). SOURCE is then `launcher:`, or nothing where nothing follows it')
            [CompletionResult]::new('--application', '--application', [CompletionResultType]::ParameterName, 'The application to launch')
            [CompletionResult]::new('--launcher-config', '--launcher-config', [CompletionResultType]::ParameterName, 'Tell the launcher this, too; a VALUE that is not JSON is text (repeatable)')
            [CompletionResult]::new('--launcher-retries', '--launcher-retries', [CompletionResultType]::ParameterName, 'Ask a launcher whose sessions are all in use again so often')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not check the server''s certificate')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object a line')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 1 when nothing matches')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'scenectl;tree' {
            [CompletionResult]::new('--root', '--root', [CompletionResultType]::ParameterName, 'Pull only this root: a render window''s id or its view''s name (repeatable) [default: all]')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'The server''s secret [default: the one wslink uses]')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'Read the secret from a file (its first line)')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send a header with the handshake (repeatable)')
            [CompletionResult]::new('--cookie', '--cookie', [CompletionResultType]::ParameterName, 'Send a cookie with the handshake (repeatable)')
            [CompletionResult]::new('--path', '--path', [CompletionResultType]::ParameterName, 'The websocket''s path, where it is not /ws under the address')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, too')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up on a server that is silent for so long')
            [CompletionResult]::new('--max-message', '--max-message', [CompletionResultType]::ParameterName, 'Refuse messages larger than this')
            [CompletionResult]::new('--launcher', '--launcher', [CompletionResultType]::ParameterName, 'Let this launcher start the server (http://host/paraview/). SOURCE is then `launcher:`, or nothing where nothing follows it')
            [CompletionResult]::new('--application', '--application', [CompletionResultType]::ParameterName, 'The application to launch')
            [CompletionResult]::new('--launcher-config', '--launcher-config', [CompletionResultType]::ParameterName, 'Tell the launcher this, too; a VALUE that is not JSON is text (repeatable)')
            [CompletionResult]::new('--launcher-retries', '--launcher-retries', [CompletionResultType]::ParameterName, 'Ask a launcher whose sessions are all in use again so often')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'Go no deeper than this')
            [CompletionResult]::new('--depth', '--depth', [CompletionResultType]::ParameterName, 'Go no deeper than this')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not check the server''s certificate')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object a line')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'scenectl;get' {
            [CompletionResult]::new('--root', '--root', [CompletionResultType]::ParameterName, 'Pull only this root: a render window''s id or its view''s name (repeatable) [default: all]')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'The server''s secret [default: the one wslink uses]')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'Read the secret from a file (its first line)')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send a header with the handshake (repeatable)')
            [CompletionResult]::new('--cookie', '--cookie', [CompletionResultType]::ParameterName, 'Send a cookie with the handshake (repeatable)')
            [CompletionResult]::new('--path', '--path', [CompletionResultType]::ParameterName, 'The websocket''s path, where it is not /ws under the address')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, too')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up on a server that is silent for so long')
            [CompletionResult]::new('--max-message', '--max-message', [CompletionResultType]::ParameterName, 'Refuse messages larger than this')
            [CompletionResult]::new('--launcher', '--launcher', [CompletionResultType]::ParameterName, 'Let this launcher start the server (http://host/paraview/). SOURCE is then `launcher:`, or nothing where nothing follows it')
            [CompletionResult]::new('--application', '--application', [CompletionResultType]::ParameterName, 'The application to launch')
            [CompletionResult]::new('--launcher-config', '--launcher-config', [CompletionResultType]::ParameterName, 'Tell the launcher this, too; a VALUE that is not JSON is text (repeatable)')
            [CompletionResult]::new('--launcher-retries', '--launcher-retries', [CompletionResultType]::ParameterName, 'Ask a launcher whose sessions are all in use again so often')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write the values to a file')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write the values to a file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not check the server''s certificate')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object a line: id, class, path, value, and of an array its type, shape and ranges')
            [CompletionResult]::new('--state', '--state', [CompletionResultType]::ParameterName, 'Print an array''s state, not what is in it')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Write an array''s bytes')
            [CompletionResult]::new('--npy', '--npy', [CompletionResultType]::ParameterName, 'Write a NumPy file')
            [CompletionResult]::new('--csv', '--csv', [CompletionResultType]::ParameterName, 'Write a header and a line per row')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Overwrite what is there')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Overwrite what is there')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'scenectl;query' {
            [CompletionResult]::new('--root', '--root', [CompletionResultType]::ParameterName, 'Pull only this root: a render window''s id or its view''s name (repeatable) [default: all]')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'The server''s secret [default: the one wslink uses]')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'Read the secret from a file (its first line)')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send a header with the handshake (repeatable)')
            [CompletionResult]::new('--cookie', '--cookie', [CompletionResultType]::ParameterName, 'Send a cookie with the handshake (repeatable)')
            [CompletionResult]::new('--path', '--path', [CompletionResultType]::ParameterName, 'The websocket''s path, where it is not /ws under the address')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, too')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up on a server that is silent for so long')
            [CompletionResult]::new('--max-message', '--max-message', [CompletionResultType]::ParameterName, 'Refuse messages larger than this')
            [CompletionResult]::new('--launcher', '--launcher', [CompletionResultType]::ParameterName, 'Let this launcher start the server (http://host/paraview/). SOURCE is then `launcher:`, or nothing where nothing follows it')
            [CompletionResult]::new('--application', '--application', [CompletionResultType]::ParameterName, 'The application to launch')
            [CompletionResult]::new('--launcher-config', '--launcher-config', [CompletionResultType]::ParameterName, 'Tell the launcher this, too; a VALUE that is not JSON is text (repeatable)')
            [CompletionResult]::new('--launcher-retries', '--launcher-retries', [CompletionResultType]::ParameterName, 'Ask a launcher whose sessions are all in use again so often')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Read what to ask from a file')
            [CompletionResult]::new('--from-file', '--from-file', [CompletionResultType]::ParameterName, 'Read what to ask from a file')
            [CompletionResult]::new('--arg', '--arg', [CompletionResultType]::ParameterName, 'Let $NAME be this text (repeatable)')
            [CompletionResult]::new('--argjson', '--argjson', [CompletionResultType]::ParameterName, 'Let $NAME be this JSON (repeatable)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not check the server''s certificate')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings as they are, without quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings as they are, without quotes')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Print each answer on one line [default: indented]')
            [CompletionResult]::new('--compact', '--compact', [CompletionResultType]::ParameterName, 'Print each answer on one line [default: indented]')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 1 when the last answer is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 1 when the last answer is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'scenectl;set' {
            [CompletionResult]::new('--root', '--root', [CompletionResultType]::ParameterName, 'Pull only this root: a render window''s id or its view''s name (repeatable) [default: all]')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'The server''s secret [default: the one wslink uses]')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'Read the secret from a file (its first line)')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send a header with the handshake (repeatable)')
            [CompletionResult]::new('--cookie', '--cookie', [CompletionResultType]::ParameterName, 'Send a cookie with the handshake (repeatable)')
            [CompletionResult]::new('--path', '--path', [CompletionResultType]::ParameterName, 'The websocket''s path, where it is not /ws under the address')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, too')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up on a server that is silent for so long')
            [CompletionResult]::new('--max-message', '--max-message', [CompletionResultType]::ParameterName, 'Refuse messages larger than this')
            [CompletionResult]::new('--launcher', '--launcher', [CompletionResultType]::ParameterName, 'Let this launcher start the server (http://host/paraview/). SOURCE is then `launcher:`, or nothing where nothing follows it')
            [CompletionResult]::new('--application', '--application', [CompletionResultType]::ParameterName, 'The application to launch')
            [CompletionResult]::new('--launcher-config', '--launcher-config', [CompletionResultType]::ParameterName, 'Tell the launcher this, too; a VALUE that is not JSON is text (repeatable)')
            [CompletionResult]::new('--launcher-retries', '--launcher-retries', [CompletionResultType]::ParameterName, 'Ask a launcher whose sessions are all in use again so often')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Where to write the changed scene')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Where to write the changed scene')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not check the server''s certificate')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Overwrite what is there')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Overwrite what is there')
            [CompletionResult]::new('--compress', '--compress', [CompletionResultType]::ParameterName, 'Deflate the entries of a zip (smaller, slower)')
            [CompletionResult]::new('--pretty', '--pretty', [CompletionResultType]::ParameterName, 'Indent the states of a folder for reading; their bytes are then not the server''s')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: what was changed, from what to what')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'scenectl;convert' {
            [CompletionResult]::new('--root', '--root', [CompletionResultType]::ParameterName, 'Pull only this root: a render window''s id or its view''s name (repeatable) [default: all]')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'The server''s secret [default: the one wslink uses]')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'Read the secret from a file (its first line)')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send a header with the handshake (repeatable)')
            [CompletionResult]::new('--cookie', '--cookie', [CompletionResultType]::ParameterName, 'Send a cookie with the handshake (repeatable)')
            [CompletionResult]::new('--path', '--path', [CompletionResultType]::ParameterName, 'The websocket''s path, where it is not /ws under the address')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, too')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up on a server that is silent for so long')
            [CompletionResult]::new('--max-message', '--max-message', [CompletionResultType]::ParameterName, 'Refuse messages larger than this')
            [CompletionResult]::new('--launcher', '--launcher', [CompletionResultType]::ParameterName, 'Let this launcher start the server (http://host/paraview/). SOURCE is then `launcher:`, or nothing where nothing follows it')
            [CompletionResult]::new('--application', '--application', [CompletionResultType]::ParameterName, 'The application to launch')
            [CompletionResult]::new('--launcher-config', '--launcher-config', [CompletionResultType]::ParameterName, 'Tell the launcher this, too; a VALUE that is not JSON is text (repeatable)')
            [CompletionResult]::new('--launcher-retries', '--launcher-retries', [CompletionResultType]::ParameterName, 'Ask a launcher whose sessions are all in use again so often')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not check the server''s certificate')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Overwrite what is there')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Overwrite what is there')
            [CompletionResult]::new('--compress', '--compress', [CompletionResultType]::ParameterName, 'Deflate the entries of a zip (smaller, slower)')
            [CompletionResult]::new('--pretty', '--pretty', [CompletionResultType]::ParameterName, 'Indent the states of a folder for reading; their bytes are then not the server''s')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'scenectl;diff' {
            [CompletionResult]::new('--ulp', '--ulp', [CompletionResultType]::ParameterName, 'Floating point numbers may be so many steps apart')
            [CompletionResult]::new('--rtol', '--rtol', [CompletionResultType]::ParameterName, 'Numbers may be so far apart, relative to the larger one')
            [CompletionResult]::new('--atol', '--atol', [CompletionResultType]::ParameterName, 'Numbers may be so far apart')
            [CompletionResult]::new('--ignore', '--ignore', [CompletionResultType]::ParameterName, 'Leave out a property of some objects (`*`: the objects as a whole); repeatable')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Compare only these objects and what is below them (repeatable)')
            [CompletionResult]::new('-U', '-U ', [CompletionResultType]::ParameterName, 'Print so many unchanged properties before and after each changed one')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Print so many unchanged properties before and after each changed one')
            [CompletionResult]::new('--root', '--root', [CompletionResultType]::ParameterName, 'Pull only this root: a render window''s id or its view''s name (repeatable) [default: all]')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'The server''s secret [default: the one wslink uses]')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'Read the secret from a file (its first line)')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send a header with the handshake (repeatable)')
            [CompletionResult]::new('--cookie', '--cookie', [CompletionResultType]::ParameterName, 'Send a cookie with the handshake (repeatable)')
            [CompletionResult]::new('--path', '--path', [CompletionResultType]::ParameterName, 'The websocket''s path, where it is not /ws under the address')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, too')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up on a server that is silent for so long')
            [CompletionResult]::new('--max-message', '--max-message', [CompletionResultType]::ParameterName, 'Refuse messages larger than this')
            [CompletionResult]::new('--launcher', '--launcher', [CompletionResultType]::ParameterName, 'Let this launcher start the server (http://host/paraview/). SOURCE is then `launcher:`, or nothing where nothing follows it')
            [CompletionResult]::new('--application', '--application', [CompletionResultType]::ParameterName, 'The application to launch')
            [CompletionResult]::new('--launcher-config', '--launcher-config', [CompletionResultType]::ParameterName, 'Tell the launcher this, too; a VALUE that is not JSON is text (repeatable)')
            [CompletionResult]::new('--launcher-retries', '--launcher-retries', [CompletionResultType]::ParameterName, 'Ask a launcher whose sessions are all in use again so often')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--ignore-camera', '--ignore-camera', [CompletionResultType]::ParameterName, 'Leave out cameras')
            [CompletionResult]::new('--across-versions', '--across-versions', [CompletionResultType]::ParameterName, 'Hide what one side''s software does not know: new properties with empty or default values')
            [CompletionResult]::new('--strict', '--strict', [CompletionResultType]::ParameterName, 'Show noise, too: ids, counts of changes, platforms'' class names, times')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the differences as one JSON document')
            [CompletionResult]::new('--json-patch', '--json-patch', [CompletionResultType]::ParameterName, 'Print what makes B of A as JSON Patch (RFC 6902), for `scenectl patch`')
            [CompletionResult]::new('--markdown', '--markdown', [CompletionResultType]::ParameterName, 'Print the differences as Markdown, for a comment')
            [CompletionResult]::new('--stat', '--stat', [CompletionResultType]::ParameterName, 'Print only how many differences each class has')
            [CompletionResult]::new('--name-only', '--name-only', [CompletionResultType]::ParameterName, 'Print only the paths of the objects that differ')
            [CompletionResult]::new('--summary', '--summary', [CompletionResultType]::ParameterName, 'Print only the last line: how much differs')
            [CompletionResult]::new('--exit-zero', '--exit-zero', [CompletionResultType]::ParameterName, 'Exit with 0 also where the scenes differ')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not check the server''s certificate')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'scenectl;patch' {
            [CompletionResult]::new('--root', '--root', [CompletionResultType]::ParameterName, 'Pull only this root: a render window''s id or its view''s name (repeatable) [default: all]')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'The server''s secret [default: the one wslink uses]')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'Read the secret from a file (its first line)')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send a header with the handshake (repeatable)')
            [CompletionResult]::new('--cookie', '--cookie', [CompletionResultType]::ParameterName, 'Send a cookie with the handshake (repeatable)')
            [CompletionResult]::new('--path', '--path', [CompletionResultType]::ParameterName, 'The websocket''s path, where it is not /ws under the address')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, too')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up on a server that is silent for so long')
            [CompletionResult]::new('--max-message', '--max-message', [CompletionResultType]::ParameterName, 'Refuse messages larger than this')
            [CompletionResult]::new('--launcher', '--launcher', [CompletionResultType]::ParameterName, 'Let this launcher start the server (http://host/paraview/). SOURCE is then `launcher:`, or nothing where nothing follows it')
            [CompletionResult]::new('--application', '--application', [CompletionResultType]::ParameterName, 'The application to launch')
            [CompletionResult]::new('--launcher-config', '--launcher-config', [CompletionResultType]::ParameterName, 'Tell the launcher this, too; a VALUE that is not JSON is text (repeatable)')
            [CompletionResult]::new('--launcher-retries', '--launcher-retries', [CompletionResultType]::ParameterName, 'Ask a launcher whose sessions are all in use again so often')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Where to write the patched scene')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Where to write the patched scene')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not check the server''s certificate')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Overwrite what is there')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Overwrite what is there')
            [CompletionResult]::new('--compress', '--compress', [CompletionResultType]::ParameterName, 'Deflate the entries of a zip (smaller, slower)')
            [CompletionResult]::new('--pretty', '--pretty', [CompletionResultType]::ParameterName, 'Indent the states of a folder for reading; their bytes are then not the server''s')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'scenectl;check' {
            [CompletionResult]::new('-b', '-b', [CompletionResultType]::ParameterName, 'The folder of the baselines')
            [CompletionResult]::new('--baseline', '--baseline', [CompletionResultType]::ParameterName, 'The folder of the baselines')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Write a report for a build server (JUnit XML)')
            [CompletionResult]::new('--details', '--details', [CompletionResultType]::ParameterName, 'Print at most so many differences of a scene')
            [CompletionResult]::new('--ulp', '--ulp', [CompletionResultType]::ParameterName, 'Floating point numbers may be so many steps apart')
            [CompletionResult]::new('--rtol', '--rtol', [CompletionResultType]::ParameterName, 'Numbers may be so far apart, relative to the larger one')
            [CompletionResult]::new('--atol', '--atol', [CompletionResultType]::ParameterName, 'Numbers may be so far apart')
            [CompletionResult]::new('--ignore', '--ignore', [CompletionResultType]::ParameterName, 'Leave out a property of some objects (`*`: the objects as a whole); repeatable')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Compare only these objects and what is below them (repeatable)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'Accept everything: write the baselines of new scenes and of those that differ')
            [CompletionResult]::new('--update', '--update', [CompletionResultType]::ParameterName, 'Accept everything: write the baselines of new scenes and of those that differ')
            [CompletionResult]::new('--prune', '--prune', [CompletionResultType]::ParameterName, 'With --update: remove the baselines that no scene was checked against')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Ask for each difference whether to accept it')
            [CompletionResult]::new('--interactive', '--interactive', [CompletionResultType]::ParameterName, 'Ask for each difference whether to accept it')
            [CompletionResult]::new('--blobs', '--blobs', [CompletionResultType]::ParameterName, 'Keep blobs beside the baselines that are written (else arrays are compared by name only, without tolerance)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the result as one JSON document')
            [CompletionResult]::new('--ignore-camera', '--ignore-camera', [CompletionResultType]::ParameterName, 'Leave out cameras')
            [CompletionResult]::new('--across-versions', '--across-versions', [CompletionResultType]::ParameterName, 'Hide what one side''s software does not know: new properties with empty or default values')
            [CompletionResult]::new('--strict', '--strict', [CompletionResultType]::ParameterName, 'Show noise, too: ids, counts of changes, platforms'' class names, times')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'scenectl;accept' {
            [CompletionResult]::new('-b', '-b', [CompletionResultType]::ParameterName, 'The folder of the baselines')
            [CompletionResult]::new('--baseline', '--baseline', [CompletionResultType]::ParameterName, 'The folder of the baselines')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'The scene''s name among the baselines [default: the snapshot''s name]')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Accept only differences at these paths; * stands for anything (repeatable) [default: all]')
            [CompletionResult]::new('--path', '--path', [CompletionResultType]::ParameterName, 'Accept only differences at these paths; * stands for anything (repeatable) [default: all]')
            [CompletionResult]::new('--ulp', '--ulp', [CompletionResultType]::ParameterName, 'Floating point numbers may be so many steps apart')
            [CompletionResult]::new('--rtol', '--rtol', [CompletionResultType]::ParameterName, 'Numbers may be so far apart, relative to the larger one')
            [CompletionResult]::new('--atol', '--atol', [CompletionResultType]::ParameterName, 'Numbers may be so far apart')
            [CompletionResult]::new('--ignore', '--ignore', [CompletionResultType]::ParameterName, 'Leave out a property of some objects (`*`: the objects as a whole); repeatable')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Compare only these objects and what is below them (repeatable)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Ask for each difference')
            [CompletionResult]::new('--interactive', '--interactive', [CompletionResultType]::ParameterName, 'Ask for each difference')
            [CompletionResult]::new('--blobs', '--blobs', [CompletionResultType]::ParameterName, 'Keep blobs beside the baseline')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print what was accepted and what was not as JSON')
            [CompletionResult]::new('--ignore-camera', '--ignore-camera', [CompletionResultType]::ParameterName, 'Leave out cameras')
            [CompletionResult]::new('--across-versions', '--across-versions', [CompletionResultType]::ParameterName, 'Hide what one side''s software does not know: new properties with empty or default values')
            [CompletionResult]::new('--strict', '--strict', [CompletionResultType]::ParameterName, 'Show noise, too: ids, counts of changes, platforms'' class names, times')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'scenectl;doctor' {
            [CompletionResult]::new('--root', '--root', [CompletionResultType]::ParameterName, 'Pull only this root: a render window''s id or its view''s name (repeatable) [default: all]')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'The server''s secret [default: the one wslink uses]')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'Read the secret from a file (its first line)')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send a header with the handshake (repeatable)')
            [CompletionResult]::new('--cookie', '--cookie', [CompletionResultType]::ParameterName, 'Send a cookie with the handshake (repeatable)')
            [CompletionResult]::new('--path', '--path', [CompletionResultType]::ParameterName, 'The websocket''s path, where it is not /ws under the address')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, too')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up on a server that is silent for so long')
            [CompletionResult]::new('--max-message', '--max-message', [CompletionResultType]::ParameterName, 'Refuse messages larger than this')
            [CompletionResult]::new('--launcher', '--launcher', [CompletionResultType]::ParameterName, 'Let this launcher start the server (http://host/paraview/). SOURCE is then `launcher:`, or nothing where nothing follows it')
            [CompletionResult]::new('--application', '--application', [CompletionResultType]::ParameterName, 'The application to launch')
            [CompletionResult]::new('--launcher-config', '--launcher-config', [CompletionResultType]::ParameterName, 'Tell the launcher this, too; a VALUE that is not JSON is text (repeatable)')
            [CompletionResult]::new('--launcher-retries', '--launcher-retries', [CompletionResultType]::ParameterName, 'Ask a launcher whose sessions are all in use again so often')
            [CompletionResult]::new('--bundle', '--bundle', [CompletionResultType]::ParameterName, 'The client''s bundle (FILE.wasm, a folder, or a tar.gz): classes that it cannot build are errors')
            [CompletionResult]::new('--probe', '--probe', [CompletionResultType]::ParameterName, 'On a live server: follow its updates for so long, and look for what grows or never settles')
            [CompletionResult]::new('--deny', '--deny', [CompletionResultType]::ParameterName, 'Take findings of this code, or all warnings, for errors (repeatable)')
            [CompletionResult]::new('--allow', '--allow', [CompletionResultType]::ParameterName, 'Leave findings of this code out (repeatable)')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Say what a code means, and what to do')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not check the server''s certificate')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Show all findings, also where there are many of one code')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'scenectl;top' {
            [CompletionResult]::new('--root', '--root', [CompletionResultType]::ParameterName, 'Pull only this root: a render window''s id or its view''s name (repeatable) [default: all]')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'The server''s secret [default: the one wslink uses]')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'Read the secret from a file (its first line)')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send a header with the handshake (repeatable)')
            [CompletionResult]::new('--cookie', '--cookie', [CompletionResultType]::ParameterName, 'Send a cookie with the handshake (repeatable)')
            [CompletionResult]::new('--path', '--path', [CompletionResultType]::ParameterName, 'The websocket''s path, where it is not /ws under the address')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, too')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up on a server that is silent for so long')
            [CompletionResult]::new('--max-message', '--max-message', [CompletionResultType]::ParameterName, 'Refuse messages larger than this')
            [CompletionResult]::new('--launcher', '--launcher', [CompletionResultType]::ParameterName, 'Let this launcher start the server (http://host/paraview/). SOURCE is then `launcher:`, or nothing where nothing follows it')
            [CompletionResult]::new('--application', '--application', [CompletionResultType]::ParameterName, 'The application to launch')
            [CompletionResult]::new('--launcher-config', '--launcher-config', [CompletionResultType]::ParameterName, 'Tell the launcher this, too; a VALUE that is not JSON is text (repeatable)')
            [CompletionResult]::new('--launcher-retries', '--launcher-retries', [CompletionResultType]::ParameterName, 'Ask a launcher whose sessions are all in use again so often')
            [CompletionResult]::new('--by', '--by', [CompletionResultType]::ParameterName, 'How to add bytes up')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'How many rows to show [default: 20]')
            [CompletionResult]::new('--rows', '--rows', [CompletionResultType]::ParameterName, 'How many rows to show [default: 20]')
            [CompletionResult]::new('--budget', '--budget', [CompletionResultType]::ParameterName, 'Exit with 1 when states and blobs together are larger')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not check the server''s certificate')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Show all rows')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Show all rows')
            [CompletionResult]::new('--no-inspect', '--no-inspect', [CompletionResultType]::ParameterName, 'Do not look at the values in blobs: faster, with fewer notes')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: all rows, unless -n is given')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'scenectl;extract' {
            [CompletionResult]::new('--root', '--root', [CompletionResultType]::ParameterName, 'Pull only this root: a render window''s id or its view''s name (repeatable) [default: all]')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'The server''s secret [default: the one wslink uses]')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'Read the secret from a file (its first line)')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send a header with the handshake (repeatable)')
            [CompletionResult]::new('--cookie', '--cookie', [CompletionResultType]::ParameterName, 'Send a cookie with the handshake (repeatable)')
            [CompletionResult]::new('--path', '--path', [CompletionResultType]::ParameterName, 'The websocket''s path, where it is not /ws under the address')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, too')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up on a server that is silent for so long')
            [CompletionResult]::new('--max-message', '--max-message', [CompletionResultType]::ParameterName, 'Refuse messages larger than this')
            [CompletionResult]::new('--launcher', '--launcher', [CompletionResultType]::ParameterName, 'Let this launcher start the server (http://host/paraview/). SOURCE is then `launcher:`, or nothing where nothing follows it')
            [CompletionResult]::new('--application', '--application', [CompletionResultType]::ParameterName, 'The application to launch')
            [CompletionResult]::new('--launcher-config', '--launcher-config', [CompletionResultType]::ParameterName, 'Tell the launcher this, too; a VALUE that is not JSON is text (repeatable)')
            [CompletionResult]::new('--launcher-retries', '--launcher-retries', [CompletionResultType]::ParameterName, 'Ask a launcher whose sessions are all in use again so often')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Where to write: a file (.wazex, .vtk-wasm, .zip), a folder (ends with / or has no extension), or - for stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Where to write: a file (.wazex, .vtk-wasm, .zip), a folder (ends with / or has no extension), or - for stdout')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not check the server''s certificate')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Overwrite what is there')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Overwrite what is there')
            [CompletionResult]::new('--compress', '--compress', [CompletionResultType]::ParameterName, 'Deflate the entries of a zip (smaller, slower)')
            [CompletionResult]::new('--pretty', '--pretty', [CompletionResultType]::ParameterName, 'Indent the states of a folder for reading; their bytes are then not the server''s')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: what was kept, of how much')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'scenectl;report' {
            [CompletionResult]::new('--root', '--root', [CompletionResultType]::ParameterName, 'Pull only this root: a render window''s id or its view''s name (repeatable) [default: all]')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'The server''s secret [default: the one wslink uses]')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'Read the secret from a file (its first line)')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send a header with the handshake (repeatable)')
            [CompletionResult]::new('--cookie', '--cookie', [CompletionResultType]::ParameterName, 'Send a cookie with the handshake (repeatable)')
            [CompletionResult]::new('--path', '--path', [CompletionResultType]::ParameterName, 'The websocket''s path, where it is not /ws under the address')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, too')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up on a server that is silent for so long')
            [CompletionResult]::new('--max-message', '--max-message', [CompletionResultType]::ParameterName, 'Refuse messages larger than this')
            [CompletionResult]::new('--launcher', '--launcher', [CompletionResultType]::ParameterName, 'Let this launcher start the server (http://host/paraview/). SOURCE is then `launcher:`, or nothing where nothing follows it')
            [CompletionResult]::new('--application', '--application', [CompletionResultType]::ParameterName, 'The application to launch')
            [CompletionResult]::new('--launcher-config', '--launcher-config', [CompletionResultType]::ParameterName, 'Tell the launcher this, too; a VALUE that is not JSON is text (repeatable)')
            [CompletionResult]::new('--launcher-retries', '--launcher-retries', [CompletionResultType]::ParameterName, 'Ask a launcher whose sessions are all in use again so often')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Where to write it: a .zip')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Where to write it: a .zip')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not check the server''s certificate')
            [CompletionResult]::new('--blobs', '--blobs', [CompletionResultType]::ParameterName, 'Include the blobs')
            [CompletionResult]::new('--no-redact', '--no-redact', [CompletionResultType]::ParameterName, 'Keep texts in states as they are (they may hold names of users and tokens)')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Overwrite what is there')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Overwrite what is there')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print as JSON what is in it and what was removed')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'scenectl;record' {
            [CompletionResult]::new('--root', '--root', [CompletionResultType]::ParameterName, 'Pull only this root: a render window''s id or its view''s name (repeatable) [default: all]')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'The server''s secret [default: the one wslink uses]')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'Read the secret from a file (its first line)')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send a header with the handshake (repeatable)')
            [CompletionResult]::new('--cookie', '--cookie', [CompletionResultType]::ParameterName, 'Send a cookie with the handshake (repeatable)')
            [CompletionResult]::new('--path', '--path', [CompletionResultType]::ParameterName, 'The websocket''s path, where it is not /ws under the address')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, too')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up on a server that is silent for so long')
            [CompletionResult]::new('--max-message', '--max-message', [CompletionResultType]::ParameterName, 'Refuse messages larger than this')
            [CompletionResult]::new('--launcher', '--launcher', [CompletionResultType]::ParameterName, 'Let this launcher start the server (http://host/paraview/). SOURCE is then `launcher:`, or nothing where nothing follows it')
            [CompletionResult]::new('--application', '--application', [CompletionResultType]::ParameterName, 'The application to launch')
            [CompletionResult]::new('--launcher-config', '--launcher-config', [CompletionResultType]::ParameterName, 'Tell the launcher this, too; a VALUE that is not JSON is text (repeatable)')
            [CompletionResult]::new('--launcher-retries', '--launcher-retries', [CompletionResultType]::ParameterName, 'Ask a launcher whose sessions are all in use again so often')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'The recording to write (.mcap), or - for stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The recording to write (.mcap), or - for stdout')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'Stop after so long')
            [CompletionResult]::new('--updates', '--updates', [CompletionResultType]::ParameterName, 'Stop after so many updates; 0 records the first hydration only')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Connect again so often when the connection is lost')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not check the server''s certificate')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Overwrite what is there')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Overwrite what is there')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print a line of JSON per update, and one at the end')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'scenectl;import' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'The recording to write (.mcap), or - for stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The recording to write (.mcap), or - for stdout')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Overwrite what is there')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Overwrite what is there')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print what was imported as JSON')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'scenectl;replay' {
            [CompletionResult]::new('--root', '--root', [CompletionResultType]::ParameterName, 'Pull only this root: a render window''s id or its view''s name (repeatable) [default: all]')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'The server''s secret [default: the one wslink uses]')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'Read the secret from a file (its first line)')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send a header with the handshake (repeatable)')
            [CompletionResult]::new('--cookie', '--cookie', [CompletionResultType]::ParameterName, 'Send a cookie with the handshake (repeatable)')
            [CompletionResult]::new('--path', '--path', [CompletionResultType]::ParameterName, 'The websocket''s path, where it is not /ws under the address')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, too')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up on a server that is silent for so long')
            [CompletionResult]::new('--max-message', '--max-message', [CompletionResultType]::ParameterName, 'Refuse messages larger than this')
            [CompletionResult]::new('--launcher', '--launcher', [CompletionResultType]::ParameterName, 'Let this launcher start the server (http://host/paraview/). SOURCE is then `launcher:`, or nothing where nothing follows it')
            [CompletionResult]::new('--application', '--application', [CompletionResultType]::ParameterName, 'The application to launch')
            [CompletionResult]::new('--launcher-config', '--launcher-config', [CompletionResultType]::ParameterName, 'Tell the launcher this, too; a VALUE that is not JSON is text (repeatable)')
            [CompletionResult]::new('--launcher-retries', '--launcher-retries', [CompletionResultType]::ParameterName, 'Ask a launcher whose sessions are all in use again so often')
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'Where to listen; port 0 takes a free one')
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'Where to listen; port 0 takes a free one')
            [CompletionResult]::new('--ready-file', '--ready-file', [CompletionResultType]::ParameterName, 'Write the line that says it is ready to this file, too')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'Stop after so long')
            [CompletionResult]::new('--until-idle', '--until-idle', [CompletionResultType]::ParameterName, 'Stop when no client was connected for so long')
            [CompletionResult]::new('--clients', '--clients', [CompletionResultType]::ParameterName, 'Stop when so many clients have come and gone')
            [CompletionResult]::new('--max-msg-size', '--max-msg-size', [CompletionResultType]::ParameterName, 'Cut answers into frames of at most so many bytes')
            [CompletionResult]::new('--latency', '--latency', [CompletionResultType]::ParameterName, 'Everything comes so much later')
            [CompletionResult]::new('--jitter', '--jitter', [CompletionResultType]::ParameterName, 'Up to so much later still, at random')
            [CompletionResult]::new('--bandwidth', '--bandwidth', [CompletionResultType]::ParameterName, 'Not more than this a second, to each client')
            [CompletionResult]::new('--drop-blob', '--drop-blob', [CompletionResultType]::ParameterName, 'Answer as if this blob, or so many of them, were unknown (repeatable)')
            [CompletionResult]::new('--disconnect-after', '--disconnect-after', [CompletionResultType]::ParameterName, 'Break the connection after so many messages, or so many bytes (with a unit)')
            [CompletionResult]::new('--seed', '--seed', [CompletionResultType]::ParameterName, 'Where the random numbers start')
            [CompletionResult]::new('--speed', '--speed', [CompletionResultType]::ParameterName, 'Play a session faster or slower than it was')
            [CompletionResult]::new('--at', '--at', [CompletionResultType]::ParameterName, 'Start so long after the session''s start, or after an update (12.5s, update:3)')
            [CompletionResult]::new('--miss', '--miss', [CompletionResultType]::ParameterName, 'What to answer to a call that was not recorded')
            [CompletionResult]::new('--verify', '--verify', [CompletionResultType]::ParameterName, 'Serve nothing: make the recorded calls to this live server, and exit with 1 where it answers otherwise')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not check the server''s certificate')
            [CompletionResult]::new('--allow-remote', '--allow-remote', [CompletionResultType]::ParameterName, 'Allow an address that other machines reach')
            [CompletionResult]::new('--reorder', '--reorder', [CompletionResultType]::ParameterName, 'Messages overtake each other')
            [CompletionResult]::new('--loop', '--loop', [CompletionResultType]::ParameterName, 'Play the session again and again')
            [CompletionResult]::new('--step', '--step', [CompletionResultType]::ParameterName, 'The next update comes only when a client calls scenectl.step')
            [CompletionResult]::new('--strict', '--strict', [CompletionResultType]::ParameterName, 'Exit code 1 where a client made a call that was not recorded')
            [CompletionResult]::new('--expect-all-played', '--expect-all-played', [CompletionResultType]::ParameterName, 'Exit code 1 where a recorded call was not made, or one was made that was not recorded')
            [CompletionResult]::new('--exact', '--exact', [CompletionResultType]::ParameterName, 'Replay the recorded messages as they were, to one client')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'scenectl;relay' {
            [CompletionResult]::new('--root', '--root', [CompletionResultType]::ParameterName, 'Pull only this root: a render window''s id or its view''s name (repeatable) [default: all]')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'The server''s secret [default: the one wslink uses]')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'Read the secret from a file (its first line)')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send a header with the handshake (repeatable)')
            [CompletionResult]::new('--cookie', '--cookie', [CompletionResultType]::ParameterName, 'Send a cookie with the handshake (repeatable)')
            [CompletionResult]::new('--path', '--path', [CompletionResultType]::ParameterName, 'The websocket''s path, where it is not /ws under the address')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, too')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up on a server that is silent for so long')
            [CompletionResult]::new('--max-message', '--max-message', [CompletionResultType]::ParameterName, 'Refuse messages larger than this')
            [CompletionResult]::new('--launcher', '--launcher', [CompletionResultType]::ParameterName, 'Let this launcher start the server (http://host/paraview/). SOURCE is then `launcher:`, or nothing where nothing follows it')
            [CompletionResult]::new('--application', '--application', [CompletionResultType]::ParameterName, 'The application to launch')
            [CompletionResult]::new('--launcher-config', '--launcher-config', [CompletionResultType]::ParameterName, 'Tell the launcher this, too; a VALUE that is not JSON is text (repeatable)')
            [CompletionResult]::new('--launcher-retries', '--launcher-retries', [CompletionResultType]::ParameterName, 'Ask a launcher whose sessions are all in use again so often')
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'Where to listen; port 0 takes a free one')
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'Where to listen; port 0 takes a free one')
            [CompletionResult]::new('--ready-file', '--ready-file', [CompletionResultType]::ParameterName, 'Write the line that says it is ready to this file, too')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'Stop after so long')
            [CompletionResult]::new('--until-idle', '--until-idle', [CompletionResultType]::ParameterName, 'Stop when no client was connected for so long')
            [CompletionResult]::new('--clients', '--clients', [CompletionResultType]::ParameterName, 'Stop when so many clients have come and gone')
            [CompletionResult]::new('--record', '--record', [CompletionResultType]::ParameterName, 'Keep what passes in a recording')
            [CompletionResult]::new('--cache', '--cache', [CompletionResultType]::ParameterName, 'Keep so many bytes of blobs, so that each is asked for once')
            [CompletionResult]::new('--reconnect', '--reconnect', [CompletionResultType]::ParameterName, 'Try for so long to reach a lost server again')
            [CompletionResult]::new('--view', '--view', [CompletionResultType]::ParameterName, 'Let clients see only this window: an id or its view''s name (repeatable)')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Give clients another value of a property (repeatable)')
            [CompletionResult]::new('--control', '--control', [CompletionResultType]::ParameterName, 'Take more of these from a JSON file, whenever it changes: [{"selector": …, "set": "PATH=JSON"}, …]')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'With -v: only these methods and topics; * stands for anything (repeatable)')
            [CompletionResult]::new('--latency', '--latency', [CompletionResultType]::ParameterName, 'Everything comes so much later')
            [CompletionResult]::new('--jitter', '--jitter', [CompletionResultType]::ParameterName, 'Up to so much later still, at random')
            [CompletionResult]::new('--bandwidth', '--bandwidth', [CompletionResultType]::ParameterName, 'Not more than this a second, to each client')
            [CompletionResult]::new('--drop-blob', '--drop-blob', [CompletionResultType]::ParameterName, 'Answer as if this blob, or so many of them, were unknown (repeatable)')
            [CompletionResult]::new('--disconnect-after', '--disconnect-after', [CompletionResultType]::ParameterName, 'Break the connection after so many messages, or so many bytes (with a unit)')
            [CompletionResult]::new('--seed', '--seed', [CompletionResultType]::ParameterName, 'Where the random numbers start')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not check the server''s certificate')
            [CompletionResult]::new('--allow-remote', '--allow-remote', [CompletionResultType]::ParameterName, 'Allow an address that other machines reach')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Overwrite the recording that is there')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Overwrite the recording that is there')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'One JSON object a line on stdout for each call, behind the ready line')
            [CompletionResult]::new('--full', '--full', [CompletionResultType]::ParameterName, 'With -vv: do not shorten what was said')
            [CompletionResult]::new('--reorder', '--reorder', [CompletionResultType]::ParameterName, 'Messages overtake each other')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'scenectl;relay-set' {
            [CompletionResult]::new('--remove', '--remove', [CompletionResultType]::ParameterName, 'Take one away again, by its number')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--list', '--list', [CompletionResultType]::ParameterName, 'List what is set')
            [CompletionResult]::new('--clear', '--clear', [CompletionResultType]::ParameterName, 'Take all away again')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'scenectl;watch' {
            [CompletionResult]::new('--updates', '--updates', [CompletionResultType]::ParameterName, 'Stop after so many updates')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'Stop after so long')
            [CompletionResult]::new('--assert', '--assert', [CompletionResultType]::ParameterName, 'Exit with 1 as soon as this jq expression does not hold for an update (repeatable)')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Connect again so often when the connection is lost')
            [CompletionResult]::new('--root', '--root', [CompletionResultType]::ParameterName, 'Pull only this root: a render window''s id or its view''s name (repeatable) [default: all]')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'The server''s secret [default: the one wslink uses]')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'Read the secret from a file (its first line)')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send a header with the handshake (repeatable)')
            [CompletionResult]::new('--cookie', '--cookie', [CompletionResultType]::ParameterName, 'Send a cookie with the handshake (repeatable)')
            [CompletionResult]::new('--path', '--path', [CompletionResultType]::ParameterName, 'The websocket''s path, where it is not /ws under the address')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, too')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up on a server that is silent for so long')
            [CompletionResult]::new('--max-message', '--max-message', [CompletionResultType]::ParameterName, 'Refuse messages larger than this')
            [CompletionResult]::new('--launcher', '--launcher', [CompletionResultType]::ParameterName, 'Let this launcher start the server (http://host/paraview/). SOURCE is then `launcher:`, or nothing where nothing follows it')
            [CompletionResult]::new('--application', '--application', [CompletionResultType]::ParameterName, 'The application to launch')
            [CompletionResult]::new('--launcher-config', '--launcher-config', [CompletionResultType]::ParameterName, 'Tell the launcher this, too; a VALUE that is not JSON is text (repeatable)')
            [CompletionResult]::new('--launcher-retries', '--launcher-retries', [CompletionResultType]::ParameterName, 'Ask a launcher whose sessions are all in use again so often')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--leaks', '--leaks', [CompletionResultType]::ParameterName, 'Look for what the server keeps: ids that climb, blobs that left the scene and are still served')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: a line an update, and one in the end')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not check the server''s certificate')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'scenectl;call' {
            [CompletionResult]::new('-k', '-k', [CompletionResultType]::ParameterName, 'An argument by its name (repeatable); the value as above')
            [CompletionResult]::new('--kwarg', '--kwarg', [CompletionResultType]::ParameterName, 'An argument by its name (repeatable); the value as above')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write binary data of the answer to this file (more of it to OUT.2, OUT.3 …), or into this folder')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write binary data of the answer to this file (more of it to OUT.2, OUT.3 …), or into this folder')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'The server''s secret [default: the one wslink uses]')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'Read the secret from a file (its first line)')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send a header with the handshake (repeatable)')
            [CompletionResult]::new('--cookie', '--cookie', [CompletionResultType]::ParameterName, 'Send a cookie with the handshake (repeatable)')
            [CompletionResult]::new('--path', '--path', [CompletionResultType]::ParameterName, 'The websocket''s path, where it is not /ws under the address')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, too')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up on a server that is silent for so long')
            [CompletionResult]::new('--max-message', '--max-message', [CompletionResultType]::ParameterName, 'Refuse messages larger than this')
            [CompletionResult]::new('--launcher', '--launcher', [CompletionResultType]::ParameterName, 'Let this launcher start the server (http://host/paraview/). SOURCE is then `launcher:`, or nothing where nothing follows it')
            [CompletionResult]::new('--application', '--application', [CompletionResultType]::ParameterName, 'The application to launch')
            [CompletionResult]::new('--launcher-config', '--launcher-config', [CompletionResultType]::ParameterName, 'Tell the launcher this, too; a VALUE that is not JSON is text (repeatable)')
            [CompletionResult]::new('--launcher-retries', '--launcher-retries', [CompletionResultType]::ParameterName, 'Ask a launcher whose sessions are all in use again so often')
            [CompletionResult]::new('--root', '--root', [CompletionResultType]::ParameterName, 'Pull only this root: a render window''s id or its view''s name (repeatable) [default: all]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Take all arguments as strings, as they are: 12 for ''"12"''')
            [CompletionResult]::new('--text', '--text', [CompletionResultType]::ParameterName, 'Take all arguments as strings, as they are: 12 for ''"12"''')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Overwrite what is there')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Overwrite what is there')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON always: an error as {"error": …}, binary data as its size')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not check the server''s certificate')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'scenectl;sub' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Stop after so many messages')
            [CompletionResult]::new('--count', '--count', [CompletionResultType]::ParameterName, 'Stop after so many messages')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'Stop after so long')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write binary data into this folder')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write binary data into this folder')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Connect again so often when the connection is lost')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'The server''s secret [default: the one wslink uses]')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'Read the secret from a file (its first line)')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send a header with the handshake (repeatable)')
            [CompletionResult]::new('--cookie', '--cookie', [CompletionResultType]::ParameterName, 'Send a cookie with the handshake (repeatable)')
            [CompletionResult]::new('--path', '--path', [CompletionResultType]::ParameterName, 'The websocket''s path, where it is not /ws under the address')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, too')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up on a server that is silent for so long')
            [CompletionResult]::new('--max-message', '--max-message', [CompletionResultType]::ParameterName, 'Refuse messages larger than this')
            [CompletionResult]::new('--launcher', '--launcher', [CompletionResultType]::ParameterName, 'Let this launcher start the server (http://host/paraview/). SOURCE is then `launcher:`, or nothing where nothing follows it')
            [CompletionResult]::new('--application', '--application', [CompletionResultType]::ParameterName, 'The application to launch')
            [CompletionResult]::new('--launcher-config', '--launcher-config', [CompletionResultType]::ParameterName, 'Tell the launcher this, too; a VALUE that is not JSON is text (repeatable)')
            [CompletionResult]::new('--launcher-retries', '--launcher-retries', [CompletionResultType]::ParameterName, 'Ask a launcher whose sessions are all in use again so often')
            [CompletionResult]::new('--root', '--root', [CompletionResultType]::ParameterName, 'Pull only this root: a render window''s id or its view''s name (repeatable) [default: all]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 1 when nothing came')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Overwrite what is there')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Overwrite what is there')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Do not check the server''s certificate')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'scenectl;completions' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'scenectl;man' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Write scenectl.1 and one page per verb into this folder')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but the answer and errors: no bars, no warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr (-v: what happens, -vv: every call)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'scenectl;help' {
            [CompletionResult]::new('pull', 'pull', [CompletionResultType]::ParameterValue, 'Bring a scene from a live server into memory, and keep it in a file')
            [CompletionResult]::new('info', 'info', [CompletionResultType]::ParameterValue, 'One page about a scene: protocol, versions, roots, counts, sizes, cameras')
            [CompletionResult]::new('ls', 'ls', [CompletionResultType]::ParameterValue, 'List objects')
            [CompletionResult]::new('tree', 'tree', [CompletionResultType]::ParameterValue, 'Show objects as the tree they own each other in')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Print a state, or a value in it')
            [CompletionResult]::new('query', 'query', [CompletionResultType]::ParameterValue, 'Ask the whole scene, in jq')
            [CompletionResult]::new('set', 'set', [CompletionResultType]::ParameterValue, 'Change properties of existing objects, into a new snapshot')
            [CompletionResult]::new('convert', 'convert', [CompletionResultType]::ParameterValue, 'Copy a scene from one form of snapshot into another')
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'What differs between two scenes, by structure and not by id')
            [CompletionResult]::new('patch', 'patch', [CompletionResultType]::ParameterValue, 'Change a scene as a JSON Patch says, into a new snapshot')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Compare many scenes with their accepted baselines, for continuous integration')
            [CompletionResult]::new('accept', 'accept', [CompletionResultType]::ParameterValue, 'Take differences over into a scene''s baseline')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Find what will not show, and say why')
            [CompletionResult]::new('top', 'top', [CompletionResultType]::ParameterValue, 'Show what makes a scene big')
            [CompletionResult]::new('extract', 'extract', [CompletionResultType]::ParameterValue, 'Write the smallest scene that still shows some objects')
            [CompletionResult]::new('report', 'report', [CompletionResultType]::ParameterValue, 'Gather what to attach to a bug report, without secrets')
            [CompletionResult]::new('record', 'record', [CompletionResultType]::ParameterValue, 'Keep a session with a live server: everything that is said, and when')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Make a recording of what a browser captured')
            [CompletionResult]::new('replay', 'replay', [CompletionResultType]::ParameterValue, 'Be a fake server for a snapshot, which the real clients accept')
            [CompletionResult]::new('relay', 'relay', [CompletionResultType]::ParameterValue, 'Stand between clients and a live server: show, change, share, disturb what passes')
            [CompletionResult]::new('relay-set', 'relay-set', [CompletionResultType]::ParameterValue, 'Change what clients of a running relay get')
            [CompletionResult]::new('watch', 'watch', [CompletionResultType]::ParameterValue, 'Show what changes in a live scene, how fast, and what it leaves behind')
            [CompletionResult]::new('call', 'call', [CompletionResultType]::ParameterValue, 'Call any method of a server')
            [CompletionResult]::new('sub', 'sub', [CompletionResultType]::ParameterValue, 'Print what a server publishes')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print completions for a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print the manual page, or write one for every verb')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'scenectl;help;pull' {
            break
        }
        'scenectl;help;info' {
            break
        }
        'scenectl;help;ls' {
            break
        }
        'scenectl;help;tree' {
            break
        }
        'scenectl;help;get' {
            break
        }
        'scenectl;help;query' {
            break
        }
        'scenectl;help;set' {
            break
        }
        'scenectl;help;convert' {
            break
        }
        'scenectl;help;diff' {
            break
        }
        'scenectl;help;patch' {
            break
        }
        'scenectl;help;check' {
            break
        }
        'scenectl;help;accept' {
            break
        }
        'scenectl;help;doctor' {
            break
        }
        'scenectl;help;top' {
            break
        }
        'scenectl;help;extract' {
            break
        }
        'scenectl;help;report' {
            break
        }
        'scenectl;help;record' {
            break
        }
        'scenectl;help;import' {
            break
        }
        'scenectl;help;replay' {
            break
        }
        'scenectl;help;relay' {
            break
        }
        'scenectl;help;relay-set' {
            break
        }
        'scenectl;help;watch' {
            break
        }
        'scenectl;help;call' {
            break
        }
        'scenectl;help;sub' {
            break
        }
        'scenectl;help;completions' {
            break
        }
        'scenectl;help;man' {
            break
        }
        'scenectl;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
