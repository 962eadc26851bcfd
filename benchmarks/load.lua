-- Replays prepared requests and counts the replies that are not the success that is expected.
-- Arguments: a file of requests, each after a line with its length in bytes; the status of
-- success; a text that its body holds; and how many times.

local prepared, turn = {}, 0
local expected_status, expected_text, expected_count
local load_thread

failures = 0
sample = ""

function setup(thread)
  load_thread = thread
end

function init(arguments)
  local file = assert(io.open(arguments[1], "rb"))
  local length = file:read("*l")
  while length do
    prepared[#prepared + 1] = file:read(tonumber(length))
    length = file:read("*l")
  end
  file:close()
  expected_status = tonumber(arguments[2])
  expected_text = arguments[3]
  expected_count = tonumber(arguments[4])
end

function request()
  turn = turn % #prepared + 1
  return prepared[turn]
end

local function occurrences(body)
  local count, position = 0, 1
  while true do
    local _, last = body:find(expected_text, position, true)
    if not last then return count end
    count, position = count + 1, last + 1
  end
end

function response(status, _, body)
  if status == expected_status
    and not body:find('"errors"', 1, true)
    and (expected_text == "" or occurrences(body) == expected_count) then
    return
  end
  failures = failures + 1
  if sample == "" then sample = status .. " " .. body:sub(1, 300) end
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"microseconds":%d,"p50":%d,"p99":%d,"failures":%d,"socket_errors":%d}\n%s\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    load_thread:get("failures"),
    errors.connect + errors.read + errors.write + errors.timeout,
    load_thread:get("sample")
  ))
end
