import { describe, expect, test } from 'vitest';
import { Secrets } from '../../engine/execute/secrets.ts';
import { compile } from '../../engine/jinja/index.ts';
import { type Data, toPlain } from '../../engine/value.ts';
import { contextIn, scopeOf } from './support.ts';

const PASSWORD = "Hunter2's <rook> & äpfel";
const JSON_TEXT = '{"user": "registry-admin", "password": "correct-horse"}';

/** What a run would show of a template, and of what else one asks. */
function shown(template: string, ...others: string[]): unknown[] {
  const secrets = new Secrets();
  secrets.add(PASSWORD);
  secrets.add(JSON_TEXT);
  const context = { ...contextIn(), secret: (value: string) => secrets.add(value), secrecy: (text: string) => secrets.of(text) };
  const scope = scopeOf({ password: PASSWORD, account: JSON_TEXT, user: 'admin', dict: { 'auth/url': `https://u:${PASSWORD}@host.example` } });
  const value = compile(template).evaluate(scope, context) as Data;
  return [toPlain(secrets.mask(value)), ...others.map((text) => secrets.mask(text))];
}

describe('what a filter makes of a secret is masked', () => {
  test.each([
    '{{ password | b64encode }}',
    '{{ password | urlencode }}',
    '{{ password | quote }}',
    '{{ password | e }}',
    '{{ password | upper }}',
    '{{ password | reverse }}',
    '{{ password | hash("sha256") }}',
    '{{ password | regex_replace("o", "0") }}',
    '{{ [password] | map("upper") | first }}',
    '{{ password | ansible.builtin.b64encode }}',
    '{{ ("root:" ~ password) | b64encode }}',
    '{{ {"auths": {"r": {"auth": password}}} | to_json | b64encode }}',
    '{{ password | upper | lower | hash }}',
    '{{ (account | from_json).password }}',
    '{{ (account | from_yaml).user }}',
  ])('%s', (template) => expect(shown(template)).toEqual(['********']));

  test('within a text, too', () => expect(shown('Authorization: Basic {{ ("root:" ~ password) | b64encode }}!')).toEqual(['Authorization: Basic ********!']));
});

describe('what is no secret is shown', () => {
  test.each([
    ['{{ user | upper }}', 'ADMIN'],
    ['{{ password | length > 3 }}', true],
    ['{{ password | ternary("given", "missing") }}', 'given'],
    ['{{ dict["auth/url"] | regex_replace(".*@", "") }}', 'host.example'],
    ['{{ dict["auth/url"] | urlsplit("hostname") }}', 'host.example'],
    ['{{ (account | from_json).keys() | list }}', ['user', 'password']],
    ['{{ ["listen", password] | to_yaml | length > 5 }}', true],
  ])('%s', (template, value) => expect(shown(template)).toEqual([value]));

  test('parts of what holds a secret among other things', () => {
    expect(shown('{{ ("port=8443 password=" ~ password).split() | first }}', 'port=8443')).toEqual(['port=8443', 'port=8443']);
    expect(shown('{{ ("port=8443 password=" ~ password) | split | first }}', 'port=8443')).toEqual(['port=8443', 'port=8443']);
  });
});
