// Requests to our own server carry the token of the page.
export function token(near) {
  const form = near?.closest?.("form") ?? document;
  const input = form.querySelector("input[name=csrfmiddlewaretoken]") ?? document.querySelector("input[name=csrfmiddlewaretoken]");
  if (input) return input.value;
  const cookie = document.cookie.split("; ").find((part) => part.startsWith("csrftoken="));
  return cookie ? decodeURIComponent(cookie.slice("csrftoken=".length)) : "";
}

export function post(url, body, near) {
  return fetch(url, {
    method: "POST",
    body,
    credentials: "same-origin",
    redirect: "manual",
    headers: { "X-CSRFToken": token(near), Accept: "application/json", "X-Requested-With": "fetch" },
  });
}

export async function json(response) {
  try {
    return await response.json();
  } catch {
    return {};
  }
}
