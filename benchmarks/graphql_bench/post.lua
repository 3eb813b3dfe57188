-- wrk's script: sends the bodies of a file in turn, and says at the end what wrk measured as one line of JSON.
-- usage: wrk ... -s post.lua URL -- FILE [check]
-- With `check` every response is searched for GraphQL errors, which costs wrk time.
local bodies = {}
local place = 0
local threads = {}

function setup(thread)
  table.insert(threads, thread)
  thread:set("number", #threads)
end

function init(args)
  local headers = { ["Content-Type"] = "application/json", ["Accept"] = "application/json" }
  for line in io.lines(args[1]) do
    table.insert(bodies, wrk.format("POST", nil, headers, line))
  end
  -- Threads begin at different bodies.
  place = (number - 1) * 37 % #bodies
  failed = 0
  example = ""
  if args[2] == "check" then
    response = function(status, _, body)
      if status ~= 200 or string.find(body, '"errors"', 1, true) then
        failed = failed + 1
        if example == "" then
          example = status .. " " .. string.sub(body, 1, 300)
        end
      end
    end
  end
end

function request()
  place = place % #bodies + 1
  return bodies[place]
end

function done(summary, latency, _)
  local failed = 0
  local example = ""
  for _, thread in ipairs(threads) do
    failed = failed + (thread:get("failed") or 0)
    if example == "" then
      example = thread:get("example") or ""
    end
  end
  local errors = summary.errors
  io.stderr:write(
    string.format(
      '{"requests":%d,"microseconds":%d,"bytes":%d,"p50":%d,"p90":%d,"p99":%d,"most":%d,"failed":%d,'
        .. '"connect":%d,"read":%d,"write":%d,"status":%d,"timeout":%d,"example":"%s"}\n',
      summary.requests, summary.duration, summary.bytes,
      latency:percentile(50), latency:percentile(90), latency:percentile(99), latency.max, failed,
      errors.connect, errors.read, errors.write, errors.status, errors.timeout,
      (string.gsub(string.gsub(example, '[%c]', ' '), '["\\]', "'"))
    )
  )
end
