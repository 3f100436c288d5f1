// The official openai client for JavaScript against a gateway: node openai_client.mjs CLIENT BASE_URL KEY, one line of JSON.
import { pathToFileURL } from "node:url";

const [, , where, baseURL, apiKey] = process.argv;
const { default: OpenAI } = await import(pathToFileURL(where));
const client = new OpenAI({ baseURL, apiKey, maxRetries: 1 });
const messages = [{ role: "user", content: "How large is it?" }];
const parameters = { type: "object", properties: { city: { type: "string" } } };
const said = {};

const chat = await client.chat.completions.create({ model: "small", messages });
said.chat = [chat.choices[0].message.content, chat.usage.completion_tokens];

said.stream = "";
for await (const chunk of await client.chat.completions.create({ model: "small", messages, stream: true }))
  said.stream += chunk.choices[0]?.delta?.content ?? "";

const answer = await client.responses.create({ model: "small", input: "How large is it?" });
said.response = answer.output_text;
const events = client.responses.stream({ model: "small", input: "How large is it?" });
said.responseStream = (await events.finalResponse()).output_text;

said.embedding = (await client.embeddings.create({ model: "embed", input: "one" })).data[0].embedding;
said.models = [];
for await (const model of client.models.list()) said.models.push(model.id);

const tools = [{ type: "function", function: { name: "weather", parameters } }];
const asked = [{ role: "user", content: 'now [[upstream {"tool": "weather"}]]' }];
const called = await client.chat.completions.stream({ model: "small", messages: asked, tools }).finalChatCompletion();
said.tool = called.choices[0].message.tool_calls[0].function;

const failed = async (promise) => promise.then(() => "no error", (error) => [error.constructor.name, error.status]);
said.errors = [
  await failed(client.chat.completions.create({ model: "unheard-of", messages })),
  await failed(new OpenAI({ baseURL, apiKey: "somebody-else", maxRetries: 0 }).models.list()),
];
console.log(JSON.stringify(said));
