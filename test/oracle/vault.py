"""ansible-core's vault for one conversation: a JSON object on standard input, one on standard output.

    encrypt: [{plain, password, label}]      base64, text, text or null: gives envelopes
    decrypt: [{envelope, secrets: [[label, password]]}]   gives base64, or null with the reason where it cannot
"""
import base64
import json
import sys

from ansible.errors import AnsibleError
from ansible.parsing.vault import VaultLib, VaultSecret


def secret(password):
    return VaultSecret(password.encode())


def encrypt(one):
    plain = base64.b64decode(one['plain'])
    label = one.get('label')
    vault = VaultLib([(label or 'default', secret(one['password']))])
    return vault.encrypt(plain, secret(one['password']), vault_id=label).decode()


def decrypt(one):
    vault = VaultLib([(label, secret(password)) for label, password in one['secrets']])
    try:
        return {'plain': base64.b64encode(vault.decrypt(one['envelope'])).decode()}
    except AnsibleError as error:
        return {'error': str(error)}


asked = json.load(sys.stdin)
json.dump({'encrypt': [encrypt(one) for one in asked['encrypt']], 'decrypt': [decrypt(one) for one in asked['decrypt']]}, sys.stdout)
